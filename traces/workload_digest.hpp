// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "traces/workload.hpp"

namespace sumline {

/// SHA-256 over every field of `workload` in the order of declaration, independent of any file: the
/// `provenance.workload_sha256` of results.json, equal for a network in memory and for the file written from
/// it.
std::string content_sha256(const Workload& workload);

}  // namespace sumline

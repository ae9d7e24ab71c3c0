// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "traces/workload.hpp"

namespace sumline {

/// Writes `workload` as HDF5 (layout: docs/traces.md), complete or not at all. Equal workloads give equal
/// bytes.
/// @throws Error if the workload breaks a rule of validate() or the disk is full.
void write_workload(const Workload& workload, const std::string& path);

/// Reads and validates what write_workload() wrote.
/// @throws Error naming file, dataset, what was found and the rule: not HDF5, truncated, damaged (checksums
/// of HDF5 and a digest of the content), a newer format, a missing or wrongly shaped dataset.
Workload read_workload(const std::string& path);

}  // namespace sumline

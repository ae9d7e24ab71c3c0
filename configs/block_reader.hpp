// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "configs/accelerator.hpp"
#include "configs/toml_reader.hpp"

/// Tables that describe one block each.
namespace sumline {

inline constexpr std::uint32_t kMaxInstances = 65536;  ///< of anything

/// Two of energy, power and rate; area, leakage, source.
BlockCost read_block(const TomlTable& table);
LinkConfig read_link(const TomlTable& table);
ServiceConfig read_service(const TomlTable& table);

}  // namespace sumline

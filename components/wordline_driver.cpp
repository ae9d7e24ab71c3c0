// SPDX-License-Identifier: Apache-2.0
#include "components/wordline_driver.hpp"

namespace sumline {

WordlineDriver::WordlineDriver(const sc_core::sc_module_name& name, LayerCounter counter)
    : sc_module(name), counter_(counter) {}

std::uint32_t WordlineDriver::drive(std::span<const std::uint64_t> active, const OuRead& read) {
  const std::uint32_t driven = count_ones(active, read.rows);
  counter_.add(Action::wordline_activation, driven);
  return driven;
}

}  // namespace sumline

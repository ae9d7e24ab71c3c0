// SPDX-License-Identifier: Apache-2.0
#include "components/buffer.hpp"

namespace sumline {

Buffer::Buffer(const sc_core::sc_module_name& name, ActionLedger& ledger)
    : sc_module(name), ledger_(ledger) {}

void Buffer::read(std::size_t layer, std::uint64_t bits) {
  ledger_.add(layer, Action::buffer_read_bit, bits);
}

void Buffer::write(std::size_t layer, std::uint64_t bits) {
  ledger_.add(layer, Action::buffer_write_bit, bits);
}

}  // namespace sumline

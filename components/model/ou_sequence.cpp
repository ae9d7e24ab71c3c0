// SPDX-License-Identifier: Apache-2.0
#include "components/model/ou_sequence.hpp"

namespace sumline {

void OuSequence::start(std::size_t pac_class) {
  pac_class_ = static_cast<std::uint32_t>(pac_class);
  read_.digit = array_->activations().first_digit;
  read_.rows = {0, 0};
  blocks_ = {};
}

bool OuSequence::enter_group(const BitPlanes& planes) {
  WordlineMask storage;
  for (; read_.digit < array_->activations().digits; ++read_.digit, read_.rows = {0, 0}) {
    const auto active = active_wordlines(planes, array_->activations(), read_.digit, storage);
    read_.rows = next_group(array_->ou().skipping, array_->ou().rows, active, array_->rows(), read_.rows.end);
    if (read_.rows.size() > 0) {
      read_.first_block = true;
      blocks_ = array_->blocks(read_.rows);
      return true;
    }
  }
  return false;
}

}  // namespace sumline

// SPDX-License-Identifier: Apache-2.0
#include "components/model/ou_sequence.hpp"

namespace sumline {

void OuSequence::start(std::size_t pac_class) {
  pac_class_ = static_cast<std::uint32_t>(pac_class);
  digit_ = array_->activations().first_digit;
  group_ = {0, 0};
  block_ = 0;
}

std::optional<OuRead> OuSequence::next(const BitPlanes& planes) {
  while (digit_ < array_->activations().digits) {
    const auto blocks = group_.size() > 0 ? array_->blocks(group_) : std::span<const ReadBlock>();
    while (block_ < blocks.size()) {
      const ReadBlock& block = blocks[block_++];
      if (array_->reads(block.columns, digit_, pac_class_)) {
        const bool unit = block_ == 1 && array_->has_unit_column();
        return OuRead{digit_, group_, block.columns.begin, block.columns.end, block.converted, unit};
      }
    }
    block_ = 0;
    group_ = group_after(planes);
    if (group_.size() == 0) {
      group_ = {0, 0};
      ++digit_;
    }
  }
  return std::nullopt;
}

RowRange OuSequence::group_after(const BitPlanes& planes) const {
  WordlineMask storage;
  const auto active = active_wordlines(planes, array_->activations(), digit_, storage);
  return next_group(array_->ou().skipping, array_->ou().rows, active, array_->rows(), group_.end);
}

}  // namespace sumline

// SPDX-License-Identifier: Apache-2.0
#include "components/model/ou_sequence.hpp"

namespace sumline {

void OuSequence::start(const BitPlanes& planes, std::size_t pac_class) {
  planes_ = &planes;
  pac_class_ = pac_class;
  digit_ = array_.activations().first_digit;
  block_ = 0;
  open_digit();
}

void OuSequence::open_digit() {
  array_.active_wordlines(*planes_, digit_, active_);
  wordline_groups(array_.ou().skipping, array_.ou().rows, active_, array_.rows(), groups_);
  group_ = 0;
}

bool OuSequence::find_block() {
  for (;;) {
    if (group_ < groups_.size()) {
      const std::span<const ReadBlock> blocks = array_.blocks(groups_[group_]);
      while (block_ < blocks.size() && !array_.reads(blocks[block_].columns, digit_, pac_class_)) {
        ++block_;
      }
      if (block_ < blocks.size()) {
        return true;
      }
      block_ = 0;
      ++group_;
    } else if (digit_ + 1 < array_.activations().digits) {
      ++digit_;
      open_digit();
    } else {
      return false;
    }
  }
}

std::optional<OuRead> OuSequence::next() {
  if (!find_block()) {
    return std::nullopt;
  }
  const ReadBlock& block = array_.blocks(groups_[group_])[block_];
  const bool unit = block_ == 0 && array_.has_unit_column();
  ++block_;
  return OuRead{digit_, groups_[group_], block.columns.begin, block.columns.end, block.converted, unit};
}

}  // namespace sumline

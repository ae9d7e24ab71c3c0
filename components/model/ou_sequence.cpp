// SPDX-License-Identifier: Apache-2.0
#include "components/model/ou_sequence.hpp"

#include <algorithm>

namespace sumline {

OuSequence::OuSequence(const ArrayModel& array) : array_(array) {
  const OuConfig& ou = array.ou();
  const std::uint32_t last = ou.skip_zero_columns ? array.rows() : 1;
  for (std::uint32_t begin = 0; begin < last; begin += ou.rows) {
    blocks_.push_back(blocks_of({begin, std::min(begin + ou.rows, array.rows())}));
  }
}

std::vector<OuSequence::Block> OuSequence::blocks_of(RowRange group) const {
  const OuConfig& ou = array_.ou();
  std::vector<Block> blocks;
  for (const ColumnBlock& columns : array_.blocks()) {
    Block block{columns, 0};
    for (std::uint32_t column = columns.begin; column < columns.end; ++column) {
      block.converted += !ou.skip_zero_columns || !array_.column_is_zero(group, column);
    }
    if (block.converted > 0) {
      blocks.push_back(block);
    }
  }
  return blocks;
}

const std::vector<OuSequence::Block>& OuSequence::current_blocks() const {
  return blocks_.size() == 1 ? blocks_.front() : blocks_[groups_[group_].begin / array_.ou().rows];
}

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
      const std::vector<Block>& blocks = current_blocks();
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
  const Block& block = current_blocks()[block_];
  const bool unit = block_ == 0 && array_.has_unit_column();
  ++block_;
  return OuRead{digit_, groups_[group_], block.columns.begin, block.columns.end, block.converted, unit};
}

}  // namespace sumline

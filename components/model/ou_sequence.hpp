// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "components/model/array_model.hpp"

namespace sumline {

/// One operation-unit read.
struct OuRead {
  std::uint32_t digit;
  RowRange rows;
  std::uint32_t column_begin;  ///< of the block of bitlines
  std::uint32_t column_end;
  std::uint32_t
      converted;     ///< bitlines of the block that are sampled and converted: not those without a set cell
  bool first_block;  ///< that is read with these wordlines
  bool unit;         ///< the unit column too

  std::uint32_t columns() const { return column_end - column_begin; }
};

/// The reads of one array for one input vector, in order: digit by digit, group by group, block by block.
class OuSequence {
 public:
  /// @param array outlives the sequence
  explicit OuSequence(const ArrayModel& array) : array_(&array) {}

  /// Begins anew. @param pac_class of the vector
  void start(std::size_t pac_class = 0);
  /// Goes on to the next read. @param planes of the vector, the same for all its reads
  /// @return false after the last read
  bool advance(const BitPlanes& planes) {
    read_.first_block = false;
    while (!blocks_.empty() || enter_group(planes)) {
      if (blocks_.empty()) continue;
      const ReadBlock& block = blocks_.front();
      blocks_ = blocks_.subspan(1);
      if (array_->reads(block.columns, read_.digit, pac_class_)) {
        read_.column_begin = block.columns.begin;
        read_.column_end = block.columns.end;
        read_.converted = block.converted;
        read_.unit = read_.first_block && array_->has_unit_column();
        return true;
      }
    }
    return false;
  }
  const OuRead& read() const { return read_; }

 private:
  /// Goes on to the next group of the digit, or to the first of the next digit. @return false after the last
  bool enter_group(const BitPlanes& planes);

  const ArrayModel* array_;
  std::uint32_t pac_class_ = 0;
  OuRead read_{};
  std::span<const ReadBlock> blocks_;  ///< of the group, that are still to come
};

}  // namespace sumline

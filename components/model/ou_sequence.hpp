// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "components/model/array_model.hpp"

namespace sumline {

/// One operation-unit read.
struct OuRead {
  std::uint32_t digit;
  RowRange rows;
  std::uint32_t column_begin;  ///< of the block of bitlines
  std::uint32_t column_end;
  std::uint32_t
      converted;  ///< bitlines of the block that are sampled and converted: not those without a set cell
  bool unit;      ///< the unit column too
};

/// The reads of one array for one input vector, in order: digit by digit, group by group, block by block.
class OuSequence {
 public:
  /// @param array outlives the sequence
  explicit OuSequence(const ArrayModel& array) : array_(&array) {}

  /// Begins anew. @param pac_class of the vector
  void start(std::size_t pac_class = 0);
  /// @param planes of the vector, the same for all its reads @return nothing after the last read
  std::optional<OuRead> next(const BitPlanes& planes);

 private:
  /// The next group of the digit; empty after the last.
  RowRange group_after(const BitPlanes& planes) const;

  const ArrayModel* array_;
  std::uint32_t pac_class_ = 0;
  std::uint32_t digit_ = 0;
  RowRange group_{0, 0};     ///< empty before the first of a digit
  std::uint32_t block_ = 0;  ///< of the group, that comes next
};

}  // namespace sumline

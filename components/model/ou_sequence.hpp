// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

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
  explicit OuSequence(const ArrayModel& array) : array_(array) {}

  /// Begins anew. @param planes must outlive the reads @param pac_class of the vector
  void start(const BitPlanes& planes, std::size_t pac_class = 0);
  /// @return nothing after the last read
  std::optional<OuRead> next();

 private:
  void open_digit();
  bool find_block();

  const ArrayModel& array_;
  const BitPlanes* planes_ = nullptr;
  std::size_t pac_class_ = 0;
  std::vector<std::uint64_t> active_;
  std::vector<RowRange> groups_;
  std::uint32_t digit_ = 0;
  std::size_t group_ = 0;
  std::size_t block_ = 0;
};

}  // namespace sumline

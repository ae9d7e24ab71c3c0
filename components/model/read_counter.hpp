// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "components/model/bit_planes.hpp"
#include "components/model/slicing.hpp"
#include "configs/accelerator.hpp"
#include "energy/actions.hpp"

/// How often things happen inside arrays (docs/counting.md), without computing what they yield.
namespace sumline {

/// What input vectors make arrays do.
struct ArrayCounts {
  std::uint64_t ou_reads = 0;
  std::uint64_t conversions = 0;
  std::uint64_t unit_conversions = 0;
  std::uint64_t wordline_activations = 0;
  std::uint64_t cell_activations = 0;
  std::uint64_t cell_products = 0;

  ArrayCounts& operator+=(const ArrayCounts& other);
  bool operator==(const ArrayCounts&) const = default;
};

/// Books what arrays did to their layer: the section "Inside an array" of docs/counting.md.
void count_reads(ActionLedger::Counts& layer, const ArrayCounts& counts);

/// What reading one wordline group takes, summed over the arrays that see the same inputs.
struct GroupReads {
  std::uint32_t blocks = 0;    ///< column blocks activated
  std::uint32_t columns = 0;   ///< bitlines converted
  std::uint32_t units = 0;     ///< unit columns converted
  std::uint32_t products = 0;  ///< cells that form a product whatever the digit: arrays with adder trees

  GroupReads& operator+=(const GroupReads& other);
  bool operator==(const GroupReads&) const = default;
};

/// How often the blocks of a group are read in each digit, where chosen pairs of weight and input bits are:
/// once per weight bit.
using DigitReads = std::array<std::uint8_t, 8>;

/// Counts depend on the inputs and on which bitlines are empty, never on a sum: arrays on the same wordlines
/// are counted at once.
class ReadCounter {
 public:
  /// @param reads one per static wordline group; what is counted for pairs: of one weight bit
  /// @param classes empty: every digit of every vector is read once
  ReadCounter(const OuConfig& ou, const ActivationSlicing& activations, std::uint32_t rows,
              std::vector<GroupReads> reads, std::vector<DigitReads> classes = {});

  /// True where a group takes the same in both, whatever their wordlines.
  bool reads_like(const ReadCounter& other) const;

  /// Adds further arrays on the same wordlines.
  void merge(const ReadCounter& other);

  /// The counts of one input vector. @param pac_class of the vector, 0 where there are none
  ArrayCounts count(const BitPlanes& planes, std::size_t pac_class = 0) const;

  /// True where every group is read every time and takes the same: counts then follow from the number of
  /// active digits alone.
  bool dense() const { return ou_.skipping == Skipping::none && uniform_; }
  /// Where dense(). @param vectors input vectors of one class @param active_digits of all of them: digits that
  /// are not zero, each as often as it is read
  ArrayCounts count_dense(std::uint64_t vectors, std::uint64_t active_digits,
                          std::size_t pac_class = 0) const;

 private:
  OuConfig ou_;
  ActivationSlicing activations_;
  std::uint32_t rows_;
  std::vector<GroupReads> reads_;
  std::vector<DigitReads> classes_;
  bool uniform_;
};

}  // namespace sumline

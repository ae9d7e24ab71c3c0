// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "configs/accelerator.hpp"

namespace sumline {

/// How long a bank works on one input vector, in femtoseconds. Its arrays run side by side; the
/// operation-unit reads of an array follow each other in slots of equal length, as a pipeline of three
/// stages: read, convert, shift and add.
struct BankTiming {
  std::uint64_t slot;       ///< of one read and, meanwhile, the conversion of the read before
  std::uint64_t shift_add;  ///< of the last codes
  std::uint64_t fill;       ///< slots until the first read is converted: 1, or 0 with adder trees

  /// @param unit_column the first block of a group brings one more bitline to convert
  BankTiming(const Accelerator& accelerator, bool unit_column);

  /// @param reads of the array that has the most
  std::uint64_t duration(std::uint64_t reads) const { return reads == 0 ? 0 : reads * slot + drain(); }
  /// From the end of the last read to that of the job.
  std::uint64_t drain() const { return fill * slot + shift_add; }
};

}  // namespace sumline

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "components/model/array_model.hpp"

namespace sumline {

/// The accumulators of all outputs that the arrays of one bank feed, one after the other.
struct BankOutputs {
  std::uint32_t first;  ///< output of the layer
  std::uint32_t count;

  /// @param arrays of one bank, at least one
  explicit BankOutputs(std::span<const ArrayModel* const> arrays);
  /// The part that `array` adds to. @param accumulators [count]
  std::span<std::int32_t> of(const ArrayModel& array, std::span<std::int32_t> accumulators) const {
    return accumulators.subspan(array.first_output() - first, array.outputs());
  }
};

/// What one input vector made the arrays of a bank do, summed over them.
struct VectorCounts {
  std::uint64_t ou_reads = 0;
  std::uint64_t conversions = 0;  ///< of bitlines that hold weights
};

/// What the arrays of a bank do with an input vector, at one of the two fidelities.
class VectorUnit {
 public:
  /// Whom it works for.
  class Client {
   public:
    /// The accumulators of the vector are complete. May start the next one.
    virtual void vector_done() = 0;

   protected:
    ~Client() = default;
  };

  virtual ~VectorUnit() = default;
  /// Begins to add the products of one input vector and to count its actions; vector_done() tells when it has.
  /// @param codes [rows of the layer] @param pac_class of the vector, 0 where there are none
  /// @param accumulators [BankOutputs::count]; both valid until vector_done()
  virtual void start(std::span<const std::uint8_t> codes, std::size_t pac_class,
                     std::span<std::int32_t> accumulators) = 0;
  /// Of the last input vector.
  virtual VectorCounts counts() const = 0;
  /// Conversions so far whose code is not the sum.
  virtual std::uint64_t saturated() const = 0;
};

}  // namespace sumline

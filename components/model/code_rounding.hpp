// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "traces/workload.hpp"

namespace sumline {

/// How a layer reads the codes of a map that has more of them: each becomes the nearest level of its own
/// format (Layer::activations tells which pairs there are; no code lies half-way between two levels).
class CodeRounding {
 public:
  /// @param found of the map @param wanted by the layer; equal, or both mid_rise with an odd share of steps
  CodeRounding(const CodeFormat& found, const CodeFormat& wanted);
  /// Of the map that feeds `layer`; sums pass as they are.
  CodeRounding(const Workload& workload, const Layer& layer);

  /// True where codes pass as they are.
  bool identity() const { return identity_; }
  std::uint8_t code(std::uint8_t found) const { return table_[found]; }
  /// Replaces `codes`.
  void apply(std::span<std::uint8_t> codes) const;

 private:
  bool identity_;
  std::array<std::uint8_t, 256> table_;
};

}  // namespace sumline

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "configs/accelerator.hpp"

namespace sumline {

struct PeakPart {
  Watt power;  ///< every block busy at its peak rate, and leakage
  SquareMetre area;
};

/// What data sheets quote: every block busy. A run's report is what a network really costs.
struct PeakFigures {
  PeakPart bank;
  PeakPart tile;  ///< with its share of a router
  PeakPart chip;
  /// Of a chip, what forms products: banks, accumulators, PAC computation engines and sparsity encoders, without
  /// memories, wires and quantisation. The efficiency of macros is published so: operations / products.power.
  PeakPart products;
  /// Multiplications and additions per second at `peak.input_bits` and `peak.weight_bits`, all cells used,
  /// one OU read per array.read_time: the way published figures are counted.
  Hertz operations;
  /// The same where an OU read also lasts until its bitlines are converted.
  Hertz sustained_operations;
};

PeakFigures peak_figures(const Accelerator& accelerator);

}  // namespace sumline

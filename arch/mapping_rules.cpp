// SPDX-License-Identifier: Apache-2.0
#include "arch/mapping_rules.hpp"

#include <string>

#include "components/model/readout.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

std::string text(const CodeFormat& format) {
  return std::to_string(format.bits) + " bit " + std::string(name(format.encoding));
}

/// Signed cells: one cell per weight, one digit per input.
void check_signed(const Layer& layer, const Accelerator& accelerator) {
  const std::string place = "layer '" + layer.name + "': ";
  if (layer.activations.encoding == Encoding::unsigned_binary) {
    throw Error(place + "activations are " + text(layer.activations) +
                ": weights.mapping = \"signed_cells\" takes mid_rise and ternary inputs; " +
                "use an accelerator with bit-serial inputs");
  }
  if (layer.activations.bits > accelerator.dac.bits || layer.activations.bits > 7) {
    throw Error(place + "activations are " + text(layer.activations) + ", dac.bits is " +
                std::to_string(accelerator.dac.bits) +
                ": a signed input goes in one digit of at most dac.bits and 7 bits");
  }
  if (layer.weights.encoding == Encoding::unsigned_binary ||
      layer.weights.bits > accelerator.array.cell_bits) {
    throw Error(place + "weights are " + text(layer.weights) + ", array.cell_bits is " +
                std::to_string(accelerator.array.cell_bits) +
                ": a signed cell holds a mid_rise or ternary weight of at most its bits");
  }
}

std::string text(const Conversion& conversion) {
  if (conversion.bits == 0) return "the sums themselves";
  return "codes of a " + std::to_string(conversion.bits) + " bit staircase over +-" +
         std::to_string(conversion.full_scale);
}

}  // namespace

void check_combination(const Accelerator& accelerator) {
  const std::string place = "accelerator '" + accelerator.name + "': ";
  if (const std::string conflict = approximation_conflict(accelerator); !conflict.empty()) {
    throw Error(place + "approximation.operand: " + conflict);
  }
  const bool compaction = accelerator.ou.skipping == Skipping::compaction;
  if (accelerator.adc.readout == ReadoutKind::adder_tree && compaction) {
    throw Error(
        place +
        "adc.readout = \"adder_tree\" with ou.skipping = \"compaction\": adder trees sum fixed groups of "
        "wordlines; use \"zero_groups\"");
  }
  if (accelerator.weights.flip && compaction) {
    throw Error(
        place +
        "weights.flip with ou.skipping = \"compaction\": flipped columns bound the sums of fixed wordline " +
        "groups only; use \"zero_groups\"");
  }
  if (accelerator.ou.skip_zero_columns && compaction) {
    throw Error(
        place +
        "ou.skip_zero_columns with ou.skipping = \"compaction\": zero columns are known for fixed wordline " +
        "groups only; use \"zero_groups\"");
  }
  if (accelerator.ou.skip_zero_columns && accelerator.weights.correction == OffsetCorrection::unit_column) {
    throw Error(
        place +
        "ou.skip_zero_columns with weights.correction = \"unit_column\": a unit column is read with every " +
        "group; use \"digital\"");
  }
  if (accelerator.adc.readout == ReadoutKind::staircase &&
      (accelerator.weights.mapping != WeightMapping::signed_cells ||
       accelerator.ou.skipping != Skipping::none || accelerator.ou.skip_zero_columns)) {
    throw Error(place +
                "adc.readout = \"staircase\": its codes have no 0, so that every sum must be signed and " +
                "read; needs weights.mapping = \"signed_cells\" and ou.skipping = \"none\"");
  }
}

void check_encoding(const Layer& layer, const Accelerator& accelerator) {
  if (accelerator.weights.mapping == WeightMapping::signed_cells) return check_signed(layer, accelerator);
  if (layer.activations.encoding != Encoding::unsigned_binary) {
    throw Error("layer '" + layer.name +
                "': bipolar activations: arrays with bit-serial inputs take unsigned_binary codes; " +
                "use an accelerator with weights.mapping = \"signed_cells\"");
  }
  if (layer.weights.bits < 1 || layer.weights.bits > 8) {
    throw Error("layer '" + layer.name + "': weights of " + std::to_string(layer.weights.bits) +
                " bits: must be 1 to 8");
  }
}

void check_conversion(const Layer& layer, const Accelerator& accelerator) {
  const Conversion chip = conversion_of(accelerator.adc);
  if (layer.conversion == chip) return;
  throw Error("layer '" + layer.name + "': its scales count " + text(layer.conversion) + ", accelerator '" +
              accelerator.name + "' yields " + text(chip) + ": lower the network for this accelerator");
}

}  // namespace sumline

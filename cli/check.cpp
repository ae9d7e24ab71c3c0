// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/table.hpp"
#include "configs/accelerator_loader.hpp"
#include "configs/cost.hpp"
#include "configs/peak.hpp"

namespace sumline::cli {
namespace {

std::string readout_text(const AdcConfig& adc) {
  const AdcFigures figures = readout_figures(adc);
  if (adc.readout == ReadoutKind::adder_tree) {
    return fmt::format("adder tree: {} a sum, within a read", to_text(figures.energy));
  }
  return fmt::format("{}-bit converter: {} and {} a conversion", adc.bits, to_text(figures.energy),
                     to_text(figures.time));
}

}  // namespace

void check(const CheckOptions& options) {
  const Accelerator accelerator = load_accelerator(options.file);
  if (options.common.quiet) {
    return;
  }
  const PeakFigures peak = peak_figures(accelerator);
  fmt::print("{}: a valid accelerator\n{}\n\n", accelerator.name, accelerator.description);
  Table table({"", "peak power", "area"});
  table.add({"bank", to_text(peak.bank.power), to_text(peak.bank.area)});
  table.add({"tile", to_text(peak.tile.power), to_text(peak.tile.area)});
  table.add({"chip", to_text(peak.chip.power), to_text(peak.chip.area)});
  fmt::print(
      "{}\n{}\npeak at {}-bit inputs and {}-bit weights: {:.2f} TOPS ({:.2f} while converters keep up), "
      "{:.4g} TOPS/W without memories, wires and quantisation\n",
      table.to_text(), readout_text(accelerator.adc), accelerator.peak.input_bits,
      accelerator.peak.weight_bits, peak.operations.value() / 1e12, peak.sustained_operations.value() / 1e12,
      peak.operations.value() / peak.products.power.value() / 1e12);
}

}  // namespace sumline::cli

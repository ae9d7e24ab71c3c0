// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/table.hpp"
#include "configs/accelerator_loader.hpp"
#include "configs/peak.hpp"
#include "energy/adc_laws.hpp"

namespace sumline::cli {

void check(const CheckOptions& options) {
  const Accelerator accelerator = load_accelerator(options.file);
  if (options.common.quiet) {
    return;
  }
  const PeakFigures peak = peak_figures(accelerator);
  const AdcFigures adc = adc_figures(accelerator.adc.cost, accelerator.adc.bits);
  fmt::print("{}: a valid accelerator\n{}\n\n", accelerator.name, accelerator.description);
  Table table({"", "peak power", "area"});
  table.add({"bank", to_text(peak.bank.power), to_text(peak.bank.area)});
  table.add({"tile", to_text(peak.tile.power), to_text(peak.tile.area)});
  table.add({"chip", to_text(peak.chip.power), to_text(peak.chip.area)});
  fmt::print(
      "{}\n{}-bit converter: {} and {} a conversion\npeak at {}-bit inputs and {}-bit weights: {:.2f} TOPS "
      "({:.2f} while "
      "converters keep up)\n",
      table.to_text(), accelerator.adc.bits, to_text(adc.energy), to_text(adc.time),
      accelerator.peak.input_bits, accelerator.peak.weight_bits, peak.operations.value() / 1e12,
      peak.sustained_operations.value() / 1e12);
}

}  // namespace sumline::cli

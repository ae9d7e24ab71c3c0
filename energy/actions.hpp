// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// What hardware does, counted in integers. Components count; only energy/ multiplies by joules, once, when a
/// run is reported.
namespace sumline {

/// One countable event of a component. The energy of one is set by the accelerator's preset.
enum class Action : std::uint8_t {
  ou_read,              ///< one activation of an operation unit (wordlines x bitlines)
  wordline_activation,  ///< one wordline driven by a non-zero digit during one OU read
  cell_activation,      ///< one cell on a driven wordline and a read bitline, during one OU read
  cell_product,     ///< one product of a cell and its input bit, whatever they are: arrays with adder trees
  column_sample,    ///< one bitline sampled and held
  adc_conversion,   ///< one conversion of a bitline that holds weights
  unit_conversion,  ///< one conversion of a unit column (all cells 1)
  shift_add,        ///< one code weighted and accumulated in a bank
  offset_add,       ///< one input code added for the digital offset correction
  input_register_bit,   ///< one bit written to and later read from a bank's input register
  output_register_bit,  ///< one bit written to and later read from a bank's output register
  buffer_read_bit,
  buffer_write_bit,
  bus_bit,            ///< one bit over a tile's bus
  router_bit,         ///< one bit from one tile to another
  external_bit,       ///< one bit on or off the chip: images in, logits out
  accumulator_add,    ///< one addition in the tile: row tiles, residuals, averages, sums of inputs
  digital_mac,        ///< one multiply-accumulate of the tile's digital unit
  lut_lookup,         ///< one access of the quantisation table (threshold search: one compare)
  pool_compare,       ///< one compare of the max-pool unit
  tile_register_bit,  ///< one bit of a result code written to and later read from a tile's output register
  pac_product,        ///< one scalar product of the PAC computation engine
  encoder_bit,        ///< one activation bit counted by the sparsity encoder
  cell_write,         ///< one cell programmed
  count_              ///< number of actions, not an action
};
inline constexpr std::size_t kActions = static_cast<std::size_t>(Action::count_);

/// Who spends the energy: one row of the report. Every action belongs to exactly one component.
enum class Component : std::uint8_t {
  dac,
  array,  ///< spends by the activated cell; `ou_read` is counted, its energy is that of its wordlines and
          ///< cells
  sample_and_hold,
  adc,
  shift_adder,
  offset_correction,
  input_register,
  output_register,
  buffer,
  bus,
  router,
  external_link,
  accumulator,
  digital,
  lut,
  max_pool,
  tile_output_register,
  pac_engine,
  sparsity_encoder,
  programming,  ///< writing of cells; has no instances of its own, the drivers belong to the array
  count_        ///< number of components, not a component
};
inline constexpr std::size_t kComponents = static_cast<std::size_t>(Component::count_);

/// The action's name as it stands in results.json, e.g. "adc_conversion".
std::string_view name(Action action);
/// The component's name: the key `energy_j.<name>` of results.json, e.g. "adc".
std::string_view name(Component component);
Component component_of(Action action);
/// Short for name(component_of(action)).
std::string_view component(Action action);

/// Exact counts, [layer][action]. Adding is associative and commutative, so totals do not depend on threads.
class ActionLedger {
 public:
  using Counts = std::array<std::uint64_t, kActions>;

  explicit ActionLedger(std::size_t layers) : counts_(layers) {}

  void add(std::size_t layer, Action action, std::uint64_t times) {
    counts_[layer][static_cast<std::size_t>(action)] += times;
  }
  /// Those of one layer, to add to.
  Counts& of(std::size_t layer) { return counts_[layer]; }
  std::uint64_t count(std::size_t layer, Action action) const {
    return counts_[layer][static_cast<std::size_t>(action)];
  }
  std::uint64_t total(Action action) const;
  std::size_t layers() const { return counts_.size(); }
  /// @throws InternalError if the two ledgers count different numbers of layers.
  void add(const ActionLedger& other);
  bool operator==(const ActionLedger&) const = default;

 private:
  std::vector<Counts> counts_;
};

}  // namespace sumline

// SPDX-License-Identifier: Apache-2.0
#include "energy/actions.hpp"

#include <algorithm>

#include "energy/error.hpp"

namespace sumline {
namespace {

struct ActionRow {
  std::string_view name;
  Component component;
};

/// In the order of `Action`.
constexpr std::array<ActionRow, kActions> kActionRows{{
    {"ou_read", Component::array},
    {"wordline_activation", Component::dac},
    {"cell_activation", Component::array},
    {"cell_product", Component::array},
    {"column_sample", Component::sample_and_hold},
    {"adc_conversion", Component::adc},
    {"unit_conversion", Component::adc},
    {"shift_add", Component::shift_adder},
    {"offset_add", Component::offset_correction},
    {"input_register_bit", Component::input_register},
    {"output_register_bit", Component::output_register},
    {"buffer_read_bit", Component::buffer},
    {"buffer_write_bit", Component::buffer},
    {"bus_bit", Component::bus},
    {"router_bit", Component::router},
    {"external_bit", Component::external_link},
    {"accumulator_add", Component::accumulator},
    {"digital_mac", Component::digital},
    {"lut_lookup", Component::lut},
    {"pool_compare", Component::max_pool},
    {"tile_register_bit", Component::tile_output_register},
    {"pac_product", Component::pac_engine},
    {"encoder_bit", Component::sparsity_encoder},
    {"cell_write", Component::programming},
}};

/// In the order of `Component`.
constexpr std::array<std::string_view, kComponents> kComponentNames{"dac",
                                                                    "array",
                                                                    "sample_and_hold",
                                                                    "adc",
                                                                    "shift_adder",
                                                                    "offset_correction",
                                                                    "input_register",
                                                                    "output_register",
                                                                    "buffer",
                                                                    "bus",
                                                                    "router",
                                                                    "external_link",
                                                                    "accumulator",
                                                                    "digital",
                                                                    "lut",
                                                                    "max_pool",
                                                                    "tile_output_register",
                                                                    "pac_engine",
                                                                    "sparsity_encoder",
                                                                    "programming"};

const ActionRow& row(Action action) {
  SUMLINE_ASSERT(action < Action::count_, "not an action");
  return kActionRows[static_cast<std::size_t>(action)];
}

}  // namespace

std::string_view name(Action action) {
  return row(action).name;
}

std::string_view name(Component component) {
  SUMLINE_ASSERT(component < Component::count_, "not a component");
  return kComponentNames[static_cast<std::size_t>(component)];
}

Component component_of(Action action) {
  return row(action).component;
}

std::string_view component(Action action) {
  return name(component_of(action));
}

std::uint64_t ActionLedger::total(Action action) const {
  std::uint64_t sum = 0;
  for (std::size_t layer = 0; layer < layers(); ++layer) sum += count(layer, action);
  return sum;
}

void ActionLedger::add(const ActionLedger& other) {
  SUMLINE_ASSERT(other.layers() == layers(), "ledgers count different numbers of layers");
  for (std::size_t layer = 0; layer < layers(); ++layer) {
    std::transform(counts_[layer].begin(), counts_[layer].end(), other.counts_[layer].begin(),
                   counts_[layer].begin(), std::plus<>{});
  }
}

}  // namespace sumline

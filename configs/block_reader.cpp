// SPDX-License-Identifier: Apache-2.0
#include "configs/block_reader.hpp"

namespace sumline {
namespace {

/// `energy`, `power`, `rate`: two of them are given, the third follows.
void read_energy(const TomlTable& table, BlockCost& cost) {
  const bool energy = table.has("energy");
  const bool power = table.has("power");
  const bool rate = table.has("rate");
  if (energy + power + rate != 2) {
    table.problem("energy", "give two of energy, power and rate: power = energy * rate");
    return;
  }
  if (rate) cost.peak_rate = table.positive<Hertz>("rate");
  if (energy) cost.energy = rate ? table.quantity<Joule>("energy") : table.positive<Joule>("energy");
  if (!power) return;
  const Watt watt = rate ? table.quantity<Watt>("power") : table.positive<Watt>("power");
  if (rate) cost.energy = watt / cost.peak_rate;
  if (energy) cost.peak_rate = watt / cost.energy;
}

}  // namespace

BlockCost read_block(const TomlTable& table) {
  BlockCost cost;
  read_energy(table, cost);
  cost.area = table.quantity<SquareMetre>("area");
  cost.leakage = table.quantity<Watt>("leakage");
  cost.source = table.text("source");
  return cost;
}

LinkConfig read_link(const TomlTable& table) {
  LinkConfig link;
  link.width_bits = table.integer32("width_bits", {1, kMaxInstances});
  link.cycle = table.positive<Second>("cycle");
  link.cost = read_block(table);
  return link;
}

ServiceConfig read_service(const TomlTable& table) {
  ServiceConfig service;
  service.per_tile = table.integer32("per_tile", {1, kMaxInstances});
  service.time = table.positive<Second>("time");
  service.cost = read_block(table);
  return service;
}

}  // namespace sumline

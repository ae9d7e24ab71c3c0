// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "energy/actions.hpp"
#include "energy/units.hpp"

/// What actions and standing still cost: the only bridge from counts to joules.
namespace sumline {

struct ComponentCost {
  std::uint64_t instances = 0;  ///< built on the chip: they take area
  std::uint64_t powered = 0;    ///< of these, under power during the run: they leak
  SquareMetre area;             ///< of one instance
  Watt leakage;                 ///< of one instance
  std::string source;
};

struct CostTable {
  std::array<Joule, kActions> energy{};  ///< of one action
  std::array<ComponentCost, kComponents> components{};

  Joule& operator[](Action action) { return energy[static_cast<std::size_t>(action)]; }
  Joule operator[](Action action) const { return energy[static_cast<std::size_t>(action)]; }
  ComponentCost& operator[](Component component) { return components[static_cast<std::size_t>(component)]; }
  const ComponentCost& operator[](Component component) const {
    return components[static_cast<std::size_t>(component)];
  }
};

}  // namespace sumline

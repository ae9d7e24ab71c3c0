// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include "components/model/bit_planes.hpp"
#include "components/model/pac_rule.hpp"

namespace sumline {

/// What a user replaces to try another way of forming products: called once per output position with the
/// bit-planes of the window (padding included) and of every filter, on the same rows, row = (channel * kernel
/// + i) * kernel + j. It fills products[o], which stands for sum over rows of weight code * activation code.
/// Calls may run in parallel.
using WindowRule = std::function<void(const BitPlanes& window, std::span<const BitPlanes> filters,
                                      std::span<double> products)>;

/// Number of rows inside `range` where plane p of `a` and plane q of `b` are both one.
std::uint32_t count_pairs(const BitPlanes& a, std::uint32_t p, const BitPlanes& b, std::uint32_t q,
                          RowRange range);

/// The definition of PAC, pair by pair: the slow check of PacProducts.
WindowRule pair_by_pair(PacRule rule);

}  // namespace sumline

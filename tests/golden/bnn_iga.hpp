// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "nn/tiled_product.hpp"
#include "tests/golden/golden_file.hpp"

namespace sumline::test {

/// Bits of activations, weights and converter in a tag such as "a1w1p5p2" (1p5 = 1.5, 32 = unquantised).
struct Combo {
  std::string tag;
  Resolution activations;
  Resolution weights;
  Resolution converter;
};
Combo parse_combo(const std::string& tag);

/// The tags that stand before `suffix` (".y") in the names of the file's entries.
std::vector<Combo> combos_before(const GoldenFile& golden, const std::string& suffix);
/// The tags that stand behind `prefix` ("logits.").
std::vector<Combo> combos_behind(const GoldenFile& golden, const std::string& prefix);

/// The converter of the original's layers: -128..128, impulse slope with the sigmas of its code.
Converter released_converter(Resolution resolution);

}  // namespace sumline::test

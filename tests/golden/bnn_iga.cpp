// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/bnn_iga.hpp"

#include <regex>
#include <stdexcept>

namespace sumline::test {
namespace {

const std::regex kTag("a(1p5|[0-9]+)w(1p5|[0-9]+)p([0-9]+)");

Resolution parse_bits(const std::string& bits) {
  if (bits == "1") return Resolution::binary;
  if (bits == "1p5") return Resolution::ternary;
  if (bits == "2") return Resolution::two_bit;
  if (bits == "3") return Resolution::three_bit;
  if (bits == "4") return Resolution::four_bit;
  return Resolution::full;
}

}  // namespace

Combo parse_combo(const std::string& tag) {
  std::smatch match;
  if (!std::regex_match(tag, match, kTag)) throw std::runtime_error("no bit tag: " + tag);
  return {tag, parse_bits(match[1]), parse_bits(match[2]), parse_bits(match[3])};
}

std::vector<Combo> combos_before(const GoldenFile& golden, const std::string& suffix) {
  std::vector<Combo> combos;
  for (const std::string& name : golden.names()) {
    if (name.size() <= suffix.size() || name.substr(name.size() - suffix.size()) != suffix) continue;
    const std::string tag = name.substr(0, name.size() - suffix.size());
    if (std::regex_match(tag, kTag)) combos.push_back(parse_combo(tag));
  }
  return combos;
}

std::vector<Combo> combos_behind(const GoldenFile& golden, const std::string& prefix) {
  std::vector<Combo> combos;
  for (const std::string& name : golden.names()) {
    if (name.compare(0, prefix.size(), prefix) == 0)
      combos.push_back(parse_combo(name.substr(prefix.size())));
  }
  return combos;
}

Converter released_converter(Resolution resolution) {
  if (resolution == Resolution::full) return {};
  return {resolution, 128, Slope::impulse, kReleasedSigmas.at(staircase_bits(resolution) - 1)};
}

}  // namespace sumline::test

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "energy/error.hpp"
#include "nn/network_config.hpp"

namespace sumline {
namespace {

constexpr const char* kFloat = "float";
constexpr std::uint32_t kReferenceTaps = 9;

std::uint32_t digit(const NetworkConfig& network, const std::string& bits, std::size_t position) {
  const char c = bits[position];
  if (c < '1' || c > '8') {
    throw Error(fmt::format("bits = \"{}\": digit {} is '{}': each of {}'s layers takes 1..8", bits,
                            position + 1, c, network.name));
  }
  return static_cast<std::uint32_t>(c - '0');
}

std::vector<LayerQuantizers> assign_digits(const NetworkConfig& network, const std::string& given) {
  std::vector<LayerQuantizers> assigned(network.layers.size());
  if (given == kFloat && network.activations != ActivationQuantizer::min_max) return assigned;
  const auto quantized = static_cast<std::size_t>(
      std::count_if(network.layers.begin(), network.layers.end(), [](auto& n) { return n.quantized(); }));
  const std::string bits = given.size() == 1 ? std::string(quantized, given[0]) : given;
  if (bits.size() != quantized) {
    throw Error(fmt::format("bits = \"{}\": {} digits: {} has {} quantised layers, one digit 1..8 each", bits,
                            bits.size(), network.name, quantized));
  }
  std::size_t position = 0;
  for (std::size_t i = 0; i < assigned.size(); ++i) {
    if (!network.layers[i].quantized()) continue;
    assigned[i].activations = network.activations;
    assigned[i].activation_bits = digit(network, bits, position++);
    assigned[i].weights = network.weights;
    assigned[i].weight_bits = network.weight_bits;
  }
  return assigned;
}

struct Resolutions {
  Resolution activations = Resolution::full;
  Resolution weights = Resolution::full;
  Resolution converter = Resolution::full;
};

Resolution parse_resolution(const std::string& word, const char* operand, const std::string& bits,
                            bool ternary = true) {
  constexpr std::array<const char*, 6> kWords{"1", "1.5", "2", "3", "4", kFloat};
  const auto found = std::find(kWords.begin(), kWords.end(), word);
  const auto resolution = static_cast<Resolution>(found - kWords.begin());
  if (found == kWords.end() || (resolution == Resolution::ternary && !ternary)) {
    throw Error(fmt::format("bits = \"{}\": {} = {}: must be 1, {}2, 3, 4 or float", bits, operand, word,
                            ternary ? "1.5, " : ""));
  }
  return resolution;
}

Resolutions parse_resolutions(const std::string& bits) {
  if (bits == kFloat) return {};
  std::vector<std::string> words;
  std::istringstream stream(bits);
  for (std::string word; std::getline(stream, word, '/');) words.push_back(word);
  if (words.size() != 3) {
    throw Error(fmt::format(
        "bits = \"{}\": must be \"activations/weights/converter\", e.g. \"1/1/4\", or \"float\"", bits));
  }
  return {parse_resolution(words[0], "activations", bits), parse_resolution(words[1], "weights", bits),
          parse_resolution(words[2], "converter", bits, false)};
}

std::uint32_t channels_per_tile(const NetworkConfig& network, const NodeConfig& node) {
  if (node.kind == NodeKind::linear) return network.array.rows;
  const bool physical = network.array.tile_rows == TileRows::physical;
  const std::uint32_t taps = physical ? node.kernel * node.kernel : kReferenceTaps;
  if (network.array.rows < taps) {
    throw Error(fmt::format(
        "network {}: {}: one channel's kernel takes {} rows, converter.rows = {}: the array needs as many",
        network.name, node.name, taps, network.array.rows));
  }
  return network.array.rows / taps;
}

Converter converter_of(const NetworkConfig& network, Resolution resolution,
                       const ConverterTraining& training) {
  if (resolution == Resolution::full) return {};
  return {resolution, network.array.rows, training.slope, training.sigmas.at(staircase_bits(resolution) - 1)};
}

std::vector<LayerQuantizers> assign_resolutions(const NetworkConfig& network, const std::string& bits,
                                                const ConverterTraining& training) {
  const Resolutions resolutions = parse_resolutions(bits);
  std::vector<LayerQuantizers> assigned(network.layers.size());
  for (std::size_t i = 0; i < assigned.size(); ++i) {
    const NodeConfig& node = network.layers[i];
    LayerQuantizers& quantizers = assigned[i];
    quantizers.activations = network.activations;
    quantizers.weights = network.weights;
    if (!node.quantized()) continue;
    quantizers.activation_resolution = resolutions.activations;
    quantizers.weight_resolution = resolutions.weights;
    quantizers.operand_slope = training.operand_slope;
    quantizers.channels_per_tile = channels_per_tile(network, node);
    if (node.reads_sums) quantizers.converter = converter_of(network, resolutions.converter, training);
  }
  return assigned;
}

}  // namespace

std::vector<LayerQuantizers> assign_bits(const NetworkConfig& network, const std::string& bits,
                                         const ConverterTraining& training) {
  return network.activations == ActivationQuantizer::staircase ? assign_resolutions(network, bits, training)
                                                               : assign_digits(network, bits);
}

}  // namespace sumline

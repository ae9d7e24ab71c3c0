// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "configs/toml_value.hpp"
#include "nn/quantizers/kinds.hpp"
#include "traces/workload.hpp"

/// A network as its TOML file describes it (configs/presets/networks/*.toml). Without Torch.
namespace sumline {

enum class NodeKind : std::uint8_t {
  convolution,
  linear,
  batch_norm,
  max_pool,
  average_pool,
  adaptive_pool,  ///< averages to `size` x `size` pixels, whatever it reads
  flatten,
  relu,
  pact,      ///< clipped to a learnt maximum; nodes of one name share it
  hardtanh,  ///< clamp to -1..1
  dropout,
  add,  ///< its input plus that of `other`
  log_softmax,
};

/// One module of the network, from one [[layers]] table or, where that is a residual block, from a part of
/// it.
struct NodeConfig {
  NodeKind kind = NodeKind::flatten;
  std::uint32_t channels = 0;  ///< outputs of a convolution or a linear layer
  std::uint32_t kernel = 1;    ///< square window of a convolution or pool
  std::uint32_t stride = 1;
  std::uint32_t padding = 0;
  std::string name{};           ///< prefix of its parameters; unless given, "layers.<index>"
  std::int32_t input = -1;      ///< index of the node that feeds this one, -1 = the images
  std::int32_t other = -1;      ///< second summand of `add`
  bool bias = false;            ///< of a convolution; linear layers always have one
  bool affine = true;           ///< batch-norm with gain and offset
  double probability = 0;       ///< of dropping an element
  bool full_precision = false;  ///< neither operands nor sums are quantised
  bool exact = false;           ///< of bit-wise layers: no approximation, no noise
  std::uint32_t size = 1;       ///< of an adaptive pool's output
  bool reads_sums = true;       ///< false: operands are quantised, but no converter reads the sums

  bool has_weights() const { return kind == NodeKind::convolution || kind == NodeKind::linear; }
  /// Quantises its inputs and weights.
  bool quantized() const { return has_weights() && !full_precision; }
};

/// How a network with a converter cuts its layers into array tiles.
enum class TileRows : std::uint8_t {
  reference,  ///< as the original: rows / 9 channels, whatever the kernel
  physical,   ///< as many whole channels as the array's rows hold
};

/// Array and converter of networks with staircase quantisers.
struct ConverterArray {
  std::uint32_t rows = 0;  ///< of the array; the converter's full scale
  TileRows tile_rows = TileRows::reference;
};

enum class Initialization : std::uint8_t {
  uniform,         ///< every weight and bias in +-1/sqrt(inputs of a neuron)
  normal_fan_out,  ///< quantised convolutions: normal with variance 2 / (kernel^2 * outputs); the rest as
                   ///< uniform
};

struct NetworkConfig {
  std::string name;
  std::string source;
  Shape image;
  ActivationQuantizer activations = ActivationQuantizer::hwgq;
  WeightQuantizer weights = WeightQuantizer::mid_rise;
  std::uint32_t weight_bits = 0;  ///< mid_rise, min_max
  ConverterArray array;           ///< staircase
  Initialization initialization = Initialization::uniform;
  double weight_limit = 0;  ///< 0: none; else weights and biases are clamped to +- it after every step
  std::vector<NodeConfig> layers;
  std::string text;  ///< the file with its overrides, as TOML

  std::uint32_t classes() const;
};

/// @param name a preset ("lenet5") or the path of a TOML file @param overrides key=value of the file
/// @throws Error with every problem of the file, one per line
NetworkConfig load_network(const std::string& name, const std::vector<TomlOverride>& overrides = {});

/// Map behind each node, from the image on. `flattened` maps keep their [channels, height, width].
/// @throws Error naming the layer where kinds or sizes do not fit together
std::vector<Shape> node_shapes(const NetworkConfig& network);

/// How a network is trained through its converter.
struct ConverterTraining {
  Slope slope = Slope::impulse;
  ConverterSigmas sigmas = kPublishedSigmas;
  Slope operand_slope = Slope::straight_through;
};

/// Quantisers of each node, in order (unused for nodes without weights).
/// @param bits "float": no quantisation at all (not with min-max). Otherwise, with hwgq and min-max: one
/// digit 1..8 per quantised layer, in order, or one for all;
///   with staircases: "activations/weights/converter", each 1, 1.5 (not the converter), 2, 3, 4 or float
/// @throws Error where `bits` has another form, and where an array is too small for one channel's kernel
std::vector<LayerQuantizers> assign_bits(const NetworkConfig& network, const std::string& bits,
                                         const ConverterTraining& training = {});

}  // namespace sumline

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nn/bitwise_layers.hpp"
#include "nn/network_config.hpp"

namespace sumline {

/// A trainable network built from its description; a node's parameters stand under its name.
class Network : public torch::nn::Module {
 public:
  /// Weights are zero until initialize() or load_state().
  /// @throws Error if the description or `bits` is inconsistent
  Network(const NetworkConfig& config, const std::string& bits, const ConverterTraining& training = {});

  /// @param images float32 [batch, channels, height, width] @returns logits [batch, classes]
  /// @param visit called with the result of each node, if given
  at::Tensor forward(const at::Tensor& images,
                     const std::function<void(std::size_t node, const at::Tensor& result)>& visit = {});

  const NetworkConfig& config() const { return config_; }

  /// Whether a converter reads the sums of any layer.
  bool has_converters() const { return has_converters_; }

  /// How the bit-wise layers compute from now on. Layers marked exact take neither approximation nor noise.
  void set_arithmetic(const Arithmetic& arithmetic);

  /// The layers that set_arithmetic() reaches, in order, with their names.
  std::vector<std::pair<std::string, BitwiseLayer*>> bitwise_layers() const;

 private:
  using Operation = std::function<at::Tensor(const at::Tensor&)>;

  Operation make_operation(const NodeConfig& node, const Shape& in, const LayerQuantizers& quantizers);
  void register_at(const std::string& path, const std::shared_ptr<torch::nn::Module>& module);
  /// A node's pact: of the one before with that name, or a new one.
  Operation make_pact(const NodeConfig& node);
  void find_last_uses();

  const NetworkConfig config_;
  std::vector<Operation> operations_;
  bool has_converters_ = false;
  std::vector<std::size_t> last_use_;  ///< per node: the last node that reads it, itself where none does
};

/// Fills weights and biases as the description says, from `seed` alone.
void initialize(Network& network, std::uint64_t seed);

/// Lays weights out channels-last, which makes every convolution and pool run in that layout: 1.5 times
/// faster training. Sums are then rounded in another order than in Python's default layout. Networks with
/// converters stay channels-first, as their kernels read.
void use_channels_last(Network& network);

/// Clamps the weights and biases of convolutions and linear layers to the description's limit, if it has one.
void limit_weights(Network& network);

/// A named tensor of the network: parameters and buffers, module by module, as Python's state_dict() lists
/// them.
struct NamedTensor {
  std::string name;
  at::Tensor tensor;
};
std::vector<NamedTensor> state_of(const Network& network);

}  // namespace sumline

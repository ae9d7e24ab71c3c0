// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "nn/network.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// What a node hands on, in terms of the workload so far: per element
///     value = scale * A + sum_scale * X + residual_scale * R + offset
/// with A the sums of a layer, or the values of its codes, and X the sum of the codes under its window. All factors
/// are per channel, or one for all.
struct LoweredValue {
  std::int32_t layer = -1;       ///< -1: the images
  bool codes = true;             ///< else sums
  std::vector<double> scale{};   ///< [channels] or [1]
  std::vector<double> offset{};  ///< as scale
  std::int32_t residual = -1;    ///< layer whose map is added
  std::vector<double> residual_scale{};
  std::vector<double> sum_scale{};  ///< [channels], or empty: zeros
};

/// The part of lowering that no quantiser changes: walks a network's nodes, keeps what each hands on and folds
/// what is affine. A family of quantisers adds the layers with weights and says how values become codes.
class LoweredGraph {
 public:
  LoweredGraph(const NetworkConfig& config, const Network& network);

  const NodeConfig& node(std::size_t i) const { return config_.layers[i]; }
  const Shape& shape(std::size_t i) const { return shapes_[i]; }
  /// Of what node `i` reads.
  const Shape& in_shape(std::size_t i) const;
  const LoweredValue& input(std::size_t i) const { return value(config_.layers[i].input); }
  const LoweredValue& value(std::int32_t node) const { return values_[static_cast<std::size_t>(node + 1)]; }
  void set(std::size_t i, LoweredValue value) { values_[i + 1] = std::move(value); }
  void set_images(LoweredValue value) { values_.front() = std::move(value); }
  /// Parameter or buffer of node `i`. @throws Error where the network has none of that name
  const at::Tensor& tensor(std::size_t i, const std::string& part) const;
  /// The same as doubles, in the tensor's order.
  std::vector<double> numbers(std::size_t i, const std::string& part) const;
  bool has_tensor(std::size_t i, const std::string& part) const;
  /// The nodes that enter the logits, each behind what it reads, and the second summand of an addition in front of
  /// the first: sums are settled with a residual that is there already.
  std::vector<std::size_t> order() const;
  /// True where a node reads `i` that enters the logits.
  bool is_read(std::size_t i) const { return read_[i]; }
  /// The additions and layers with weights that read node `i` (-1: the images), directly or through others.
  std::vector<std::size_t> readers(std::int32_t i) const;

  /// Appends a layer for node `i` that reads `source`.
  Layer& append(std::size_t i, LayerKind kind, const LoweredValue& source);
  /// Node `i` hands on the sums of the layer appended last. @param unit of a sum
  void hand_on_sums(std::size_t i, double unit, std::vector<double> offset);

  void fold_batch_norm(std::size_t i);
  /// Of an addition's two maps, the one that is made earlier: the layer behind the other adds it.
  std::int32_t handed_on(std::size_t i) const;
  /// value + other, one of which may have been codes or sums before.
  void fold_addition(std::size_t i);
  /// A pooling layer of sums, or of codes.
  void add_max_pool(std::size_t i);
  /// An adaptive pool has the window that leaves its size.
  void add_average_pool(std::size_t i);
  void pass_on(std::size_t i) { set(i, input(i)); }

  /// Writes the value's factors into its layer: after that the layer hands on codes, or is the last one.
  Layer& settle(std::size_t i, const LoweredValue& value);

  Workload& workload() { return workload_; }

 private:
  const NetworkConfig& config_;
  const std::vector<Shape> shapes_;
  std::map<std::string, at::Tensor> state_;
  std::vector<LoweredValue> values_;  ///< [nodes + 1], the images first
  std::vector<bool> read_;            ///< [nodes] that enter the logits
  Workload workload_;
};

}  // namespace sumline

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "arch/mapping.hpp"
#include "components/model/code_rounding.hpp"
#include "components/model/exact_product.hpp"
#include "components/model/lut_model.hpp"
#include "components/model/map_view.hpp"
#include "components/model/output_sums.hpp"
#include "components/model/pixel_map.hpp"

namespace sumline {

/// What one layer computes beside its arrays: how it reads maps, and what it makes of its sums. Both engines
/// compute with it. Positions are output positions of one image, in raster order.
class LayerModel {
 public:
  LayerModel(const Workload& workload, const Accelerator& accelerator, const Mapping& mapping,
             std::size_t index);

  const Layer& layer() const { return layer_; }
  /// True where the layer is a max_pool that passes codes on: it forms no integers A.
  bool passes_codes() const { return passes_codes_; }

  /// The map as `pixels` hold it. @param counted whether their counts are needed
  void load(const MapView& map, bool counted, PixelMap& pixels) const {
    pixels.assign(geometry_, map.codes, rounding_, padding_, counted);
  }
  /// The input vectors of positions from `begin` on. @param map of codes @param vectors [positions, rows]
  void gather(const MapView& map, std::size_t begin, std::span<std::uint8_t> vectors) const;
  /// A of a layer with weights that has no arrays. @param accumulators [count, channels], replaced
  void multiply(std::span<const std::uint8_t> vectors, std::size_t count,
                std::span<std::int32_t> accumulators) const;
  /// A of a pooling layer, of positions from `begin` on. @param accumulators [positions, channels], replaced
  void pool(const MapView& map, std::size_t begin, std::span<std::int32_t> accumulators) const;
  /// The codes that a max_pool passes on, of a whole map or of one position.
  void pass_codes(const MapView& map, std::span<std::uint8_t> pooled) const;
  void pass_codes(const MapView& map, std::uint32_t position, std::span<std::uint8_t> codes) const;

  /// X of input vectors; nothing where X does not enter z. @param sums [count], replaced
  bool needs_input_sums() const { return !layer_.sum_scale.empty(); }
  /// @param vectors [count, stride], the codes of each first
  void input_sums(std::span<const std::uint8_t> vectors, std::span<std::int32_t> sums) const;
  static void input_sums(std::span<const BitCounts> counts, std::span<std::int32_t> sums);
  /// R of positions from `begin` on. @pre the layer has a residual @param residuals [positions, channels]
  void residuals(const MapView& map, std::size_t begin, std::span<std::int32_t> residuals) const;

  /// Where the layer requantises.
  const std::optional<LutModel>& lut() const { return lut_; }
  /// Where it yields the logits.
  const std::optional<OutputAffine>& logits() const { return logits_; }

 private:
  const Layer& layer_;
  const bool passes_codes_;
  const CodeRounding rounding_;
  WindowGeometry geometry_;
  std::vector<std::uint8_t> padding_;  ///< [in.channels]
  const MapValues input_values_;
  std::optional<MapValues> residual_values_;
  std::optional<ExactProduct> product_;
  std::optional<LutModel> lut_;
  std::optional<OutputAffine> logits_;
};

}  // namespace sumline

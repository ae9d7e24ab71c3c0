// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ATen.h>

#include "components/model/tiled_popcount.hpp"
#include "nn/tiled_product.hpp"

/// The operands of a tiled layer packed into sign digits, as its forward and its gradients need them.
namespace sumline {

inline std::uint32_t u32(std::int64_t value) {
  return static_cast<std::uint32_t>(value);
}

/// Digits of quantised operands, see encode_operands(). @throws Error where one lies beyond the outermost level
at::Tensor encode_tensor(const at::Tensor& values, Resolution resolution);

/// What a layer's forward leaves to its backward: its cut, its operands' digits and the tables over their sums.
class TiledArrays {
 public:
  TiledArrays(const TiledLayer& layer, const at::Tensor& weight)
      : layer_(layer),
        tiling_{u32(weight.size(1)), weight.dim() == 4 ? u32(weight.size(2)) : 1, layer.channels_per_tile},
        activation_digits_(sign_digits(layer.activations)),
        weight_digits_(sign_digits(layer.weights)),
        denominator_(activation_digits_.denominator * weight_digits_.denominator),
        max_sum_(static_cast<std::int32_t>(tiling_.rows()) * denominator_) {}

  const Tiling& tiling() const { return tiling_; }
  const SignDigits& activation_digits() const { return activation_digits_; }
  const SignDigits& weight_digits() const { return weight_digits_; }
  SumTable readout() const {
    return readout_table(layer_.converter.resolution, static_cast<std::int32_t>(layer_.converter.full_scale),
                         denominator_, max_sum_);
  }
  SumTable slope() const;

 private:
  const TiledLayer layer_;
  const Tiling tiling_;
  const SignDigits& activation_digits_;
  const SignDigits& weight_digits_;
  const std::int32_t denominator_;
  const std::int32_t max_sum_;
};

/// The windows of a batch of images against a convolution's weights.
class TiledConvolutionArrays : public TiledArrays {
 public:
  TiledConvolutionArrays(const TiledLayer& layer, const at::Tensor& x, const at::Tensor& weight)
      : TiledArrays(layer, weight),
        window_{
            {u32(x.size(1)), u32(x.size(2)), u32(x.size(3))}, tiling().kernel, layer.stride, layer.padding},
        driven_(driven_by_windows(tiling(), window_)),
        digits_(encode_tensor(x, layer.activations)),
        weights_(pack_scalars(encode_tensor(weight, layer.weights).data_ptr<std::uint8_t>(),
                              u32(weight.size(0)), tiling(), weight_digits().weights.size())) {}

  std::int64_t height() const { return window_.out_height(); }
  std::int64_t width() const { return window_.out_width(); }

  const WindowGeometry& window() const { return window_; }
  LaneVectors pack_image(std::int64_t image) const {
    return pack_windows(digits_.data_ptr<std::uint8_t>() + image * digits_.stride(0), tiling(), window_,
                        activation_digits().weights.size());
  }
  TiledProduct product(const LaneVectors& image) const {
    return {tiling(), image, driven_, activation_digits(), weights_, weight_digits()};
  }
  std::int64_t images() const { return digits_.size(0); }
  std::int64_t outputs() const { return weights_.count; }

 private:
  const WindowGeometry window_;
  const DrivenRows driven_;
  const at::Tensor digits_;
  const ScalarVectors weights_;
};

/// A linear layer's weights stand in the lanes, the images are taken one at a time.
class TiledLinearArrays : public TiledArrays {
 public:
  TiledLinearArrays(const TiledLayer& layer, const at::Tensor& x, const at::Tensor& weight)
      : TiledArrays(layer, weight),
        driven_(all_driven(tiling(), u32(weight.size(0)))),
        weights_(pack_lanes(encode_tensor(weight, layer.weights).data_ptr<std::uint8_t>(),
                            u32(weight.size(0)), tiling(), weight_digits().weights.size())),
        images_(pack_scalars(encode_tensor(x, layer.activations).data_ptr<std::uint8_t>(), u32(x.size(0)),
                             tiling(), activation_digits().weights.size())) {}

  TiledProduct product() const {
    return {tiling(), weights_, driven_, weight_digits(), images_, activation_digits()};
  }
  std::int64_t images() const { return images_.count; }
  std::int64_t outputs() const { return weights_.count; }

 private:
  const DrivenRows driven_;
  const LaneVectors weights_;
  const ScalarVectors images_;
};

}  // namespace sumline

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The hand-over from training to hardware: quantised layers and the images to run, as plain integers.
/// nn/ writes it, arch/ reads it, and neither sees the other.
namespace sumline {

/// Map size [channels, height, width]; a vector of n features is {n, 1, 1}.
struct Shape {
  std::uint32_t channels = 0;
  std::uint32_t height = 1;
  std::uint32_t width = 1;

  std::size_t size() const { return std::size_t{channels} * height * width; }
  std::size_t positions() const { return std::size_t{height} * width; }
  bool operator==(const Shape&) const = default;
};

/// How a code u of b bits, 0..levels-1, stands for an integer.
enum class Encoding : std::uint8_t {
  unsigned_binary,  ///< value = u
  mid_rise,         ///< value = 2u - (2^b - 1): the odd integers -(2^b-1)..2^b-1, no zero; b = 1 is -1/+1
  ternary,          ///< value = u - 1: -1, 0, +1 in two bits, u = 3 is no code
};

struct CodeFormat {
  Encoding encoding = Encoding::unsigned_binary;
  std::uint32_t bits = 0;  ///< 1..8

  std::uint32_t levels() const { return encoding == Encoding::ternary ? 3 : std::uint32_t{1} << bits; }
  /// A mid-rise format has no code for 0. Where padding needs one this code stands for it: its wordline stays
  /// off. Only mid-rise formats of up to 7 bits have it.
  std::uint8_t off() const { return static_cast<std::uint8_t>(1U << bits); }
  std::int32_t value(std::uint32_t code) const {
    const auto u = static_cast<std::int32_t>(code);
    switch (encoding) {
      case Encoding::unsigned_binary:
        return u;
      case Encoding::mid_rise:
        return code == levels() ? 0 : 2 * u - ((std::int32_t{1} << bits) - 1);
      case Encoding::ternary:
        return u - 1;
    }
    return 0;
  }
  bool operator==(const CodeFormat&) const = default;
};

enum class LayerKind : std::uint8_t { convolution, linear, max_pool, average_pool };

/// The names that stand in files and messages, e.g. "unsigned_binary", "convolution".
std::string_view name(Encoding encoding);
std::string_view name(LayerKind kind);

/// How a layer's outputs become the codes that it hands on.
struct OutputQuantizer {
  CodeFormat format;  ///< of the codes
  double step = 0;    ///< distance of two boundaries, in the unit of z
  /// [levels - 1], ascending, in the unit of z: code = how many of them z has reached. Only where more than A
  /// enters z (Layer::affine_of_one() is false), empty otherwise.
  std::vector<double> boundaries;
  /// [out.channels, levels - 1], where A alone enters z: the same boundaries as integers, ascending where
  /// scale >= 0, descending where scale < 0:
  /// code >= j exactly where A >= threshold[j-1] (scale >= 0) or A <= threshold[j-1] (scale < 0).
  std::vector<std::int64_t> thresholds;

  bool operator==(const OutputQuantizer&) const = default;
};

/// A converter whose codes A adds up instead of sums: a staircase with 2^bits levels evenly over
/// -full_scale..full_scale, numbered by the odd integers -(2^bits - 1)..2^bits - 1.
struct Conversion {
  std::uint32_t bits = 0;        ///< 1..8; 0: A adds up the sums themselves
  std::uint32_t full_scale = 0;  ///< in products of the largest input with the largest weight, 1..4096

  bool operator==(const Conversion&) const = default;
};

/// What a layer hands on, per element.
enum class Content : std::uint8_t {
  codes,  ///< of at most 8 bits: what arrays take in
  sums,   ///< the integers A themselves: only pooling and the addition of a residual read them
};

/// One node of the graph. Layers stand in topological order; the last one yields the logits.
///
/// Every layer but a max_pool of codes forms integers A and gives each of them a real value
///     z = scale * A + sum_scale * X + residual_scale * R + offset        (per output channel)
/// with A = sum of weight value x input value (convolution, linear), sum of the input values under the window
/// (average_pool) or largest A under the window (max_pool of sums); X = sum of the input codes under the
/// window, padding included; R = the residual's value at the same place, or, of an average_pool, their sum
/// under the window. z becomes a code, or a logit in the last layer.
struct Layer {
  std::string name;  ///< unique; the parameter prefix in the checkpoint, e.g. "layers.0"
  LayerKind kind = LayerKind::convolution;
  std::int32_t input = -1;     ///< index of the layer that feeds this one, -1 = the images
  std::int32_t residual = -1;  ///< index of the layer whose map is added, -1 = none
  Shape in;  ///< = out of the layer that feeds this one; a linear layer may write it flattened
  Shape out;
  std::uint32_t kernel = 1;  ///< square; 1 for a linear layer, whose input is the flattened map
  std::uint32_t stride = 1;
  std::uint32_t padding = 0;  ///< cells around the map
  /// [in.channels] codes of those cells; empty: the code for 0 (unsigned_binary 0, ternary 1, mid_rise off()).
  std::vector<std::uint8_t> padding_codes;

  /// What this layer consumes (max_pool of codes: passes on); bits = 0 where it reads sums. A mid_rise layer
  /// may read a mid_rise map of more bits where (2^more - 1) / (2^bits - 1) is an odd integer: codes are rounded to
  /// the nearest level, which then never ties.
  CodeFormat activations;
  /// Computed in full precision when trained: no readout may lose, nothing may be approximated.
  bool exact = false;

  // Convolution and linear only.
  Conversion conversion;  ///< that scale and thresholds count on; none where exact
  CodeFormat weights;
  std::vector<std::uint8_t>
      weight_codes;  ///< [out.channels, rows()], row = (channel * kernel + i) * kernel + j

  // All but a max_pool of codes.
  std::vector<double> scale;           ///< [out.channels]
  std::vector<double> offset;          ///< [out.channels]
  std::vector<double> sum_scale;       ///< [out.channels], or empty: zeros
  std::vector<double> residual_scale;  ///< [out.channels] where there is a residual
  bool requantize = false;             ///< false: hands on A, or is the last layer, whose z are the logits
  OutputQuantizer quantizer;           ///< where requantize

  bool has_weights() const { return kind == LayerKind::convolution || kind == LayerKind::linear; }
  /// True where z depends on A alone, so that thresholds on A decide its code.
  bool affine_of_one() const { return sum_scale.empty() && residual < 0; }
  /// Rows of the weight matrix = length of one input vector.
  std::size_t rows() const {
    return kind == LayerKind::linear ? in.size() : std::size_t{in.channels} * kernel * kernel;
  }
  /// Multiply-accumulates of one image.
  std::uint64_t macs() const { return has_weights() ? rows() * out.size() : 0; }
  bool operator==(const Layer&) const = default;
};

struct Workload {
  std::string network;
  Shape image;
  CodeFormat image_format;  ///< = activations of the layers that read the images
  std::vector<Layer> layers;
  std::vector<std::uint8_t> image_codes;  ///< [images, channels, height, width]
  std::vector<std::uint8_t> labels;       ///< [images]

  std::size_t images() const { return labels.size(); }
  bool operator==(const Workload&) const = default;
};

/// What layer `index` hands on, -1 = the images. Neither for the last layer, which hands on nothing.
Content content_of(const Workload& workload, std::int32_t index);
/// The codes that layer `index` hands on, -1 = the images. @pre content_of() is codes
CodeFormat format_of(const Workload& workload, std::int32_t index);

/// Checks every shape, range and index of `workload`: after it, no engine needs to check one again.
/// @throws Error naming the layer, the field, what was found and the rule.
void validate(const Workload& workload);

}  // namespace sumline

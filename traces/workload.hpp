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

/// How a code u of b bits, 0..2^b-1, stands for an integer.
enum class Encoding : std::uint8_t {
  unsigned_binary,  ///< value = u
  mid_rise,         ///< value = 2u - (2^b - 1): the odd integers -(2^b-1)..2^b-1, no zero; b = 1 is -1/+1
};

struct CodeFormat {
  Encoding encoding = Encoding::unsigned_binary;
  std::uint32_t bits = 0;  ///< 1..8

  std::int32_t value(std::uint32_t code) const {
    const auto u = static_cast<std::int32_t>(code);
    return encoding == Encoding::unsigned_binary ? u : 2 * u - ((std::int32_t{1} << bits) - 1);
  }
  bool operator==(const CodeFormat&) const = default;
};

enum class LayerKind : std::uint8_t { convolution, linear, max_pool };

/// The names that stand in files and messages, e.g. "unsigned_binary", "convolution".
std::string_view name(Encoding encoding);
std::string_view name(LayerKind kind);

/// How an integer accumulator becomes the next layer's code: z = scale * A + offset, code = clip(rne(z /
/// step)).
struct OutputQuantizer {
  std::uint32_t bits = 0;  ///< of the code, 1..8, unsigned binary
  double step = 0;         ///< in the unit of z
  /// [out_channels, 2^bits - 1], ascending where scale >= 0, descending where scale < 0:
  /// code >= j exactly where A >= threshold[j-1] (scale >= 0) or A <= threshold[j-1] (scale < 0).
  std::vector<std::int64_t> thresholds;

  bool operator==(const OutputQuantizer&) const = default;
};

/// One node of the graph. Layers stand in topological order; the last one yields the logits.
struct Layer {
  std::string name;  ///< unique; the parameter prefix in the checkpoint, e.g. "layers.0"
  LayerKind kind = LayerKind::convolution;
  std::int32_t input = -1;  ///< index of the layer that feeds this one, -1 = the images
  Shape in;                 ///< = out of the layer that feeds this one; a linear layer may write it flattened
  Shape out;
  std::uint32_t kernel = 1;  ///< square; 1 for a linear layer, whose input is the flattened map
  std::uint32_t stride = 1;
  std::uint32_t padding = 0;  ///< cells of code 0

  CodeFormat activations;  ///< what this layer consumes (max_pool: passes on)

  // Convolution and linear only.
  CodeFormat weights;
  std::vector<std::uint8_t>
      weight_codes;            ///< [out.channels, rows()], row = (channel * kernel + i) * kernel + j
  std::vector<double> scale;   ///< [out.channels]; z = scale * A + offset, A the integer accumulator
  std::vector<double> offset;  ///< [out.channels]
  bool requantize = false;     ///< false: the layer's outputs are the logits z
  OutputQuantizer quantizer;   ///< where requantize

  bool has_weights() const { return kind != LayerKind::max_pool; }
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

/// Checks every shape, range and index of `workload`: after it, no engine needs to check one again.
/// @throws Error naming the layer, the field, what was found and the rule.
void validate(const Workload& workload);

}  // namespace sumline

// SPDX-License-Identifier: Apache-2.0
#include "traces/workload_file.hpp"

#include <fmt/format.h>

#include "energy/error.hpp"
#include "traces/atomic_file.hpp"
#include "traces/hdf5_reader.hpp"
#include "traces/hdf5_writer.hpp"
#include "traces/workload_digest.hpp"

namespace sumline {
namespace {

constexpr const char* kFormat = "sumline workload";
constexpr std::uint32_t kFormatVersion = 2;

/// Zero-padded, so that tools which sort by name show the layers in order.
std::string group_name(std::size_t layer) {
  return fmt::format("{:04}", layer);
}

std::vector<std::uint32_t> extents(const Shape& shape) {
  return {shape.channels, shape.height, shape.width};
}

/// Natural shape of the weight codes: [out, in, kernel, kernel] or [out, in].
std::vector<std::uint64_t> weight_shape(const Layer& layer) {
  if (layer.kind == LayerKind::linear) return {layer.out.channels, layer.rows()};
  return {layer.out.channels, layer.in.channels, layer.kernel, layer.kernel};
}

void write_format(const hdf5::GroupWriter& group, const std::string& what, const CodeFormat& format) {
  group.attribute((what + "_encoding").c_str(), name(format.encoding));
  group.attribute((what + "_bits").c_str(), format.bits);
}

template <class Value>
void write_optional(const hdf5::GroupWriter& group, const char* name, const std::vector<Value>& values) {
  if (!values.empty()) group.dataset(name, {values.size()}, values);
}

void write_quantizer(const hdf5::GroupWriter& group, const Layer& layer) {
  const std::uint32_t steps = layer.quantizer.format.levels() - 1;
  write_format(group, "output", layer.quantizer.format);
  group.attribute("output_step", layer.quantizer.step);
  if (layer.affine_of_one())
    group.dataset("thresholds", {layer.out.channels, steps}, layer.quantizer.thresholds);
  else
    group.dataset("boundaries", {steps}, layer.quantizer.boundaries);
}

void write_layer(const hdf5::GroupWriter& group, const Layer& layer) {
  group.attribute("name", std::string_view(layer.name));
  group.attribute("kind", name(layer.kind));
  group.attribute("input", layer.input);
  group.attribute("residual", layer.residual);
  group.attribute("in", extents(layer.in));
  group.attribute("out", extents(layer.out));
  group.attribute("kernel", layer.kernel);
  group.attribute("stride", layer.stride);
  group.attribute("padding", layer.padding);
  group.attribute("exact", std::uint32_t{layer.exact});
  if (layer.activations.bits > 0) write_format(group, "activation", layer.activations);
  write_optional(group, "padding_codes", layer.padding_codes);
  if (layer.has_weights()) {
    const std::vector<std::uint64_t> weights = weight_shape(layer);
    write_format(group, "weight", layer.weights);
    if (layer.conversion.bits > 0) {
      group.attribute("conversion_bits", layer.conversion.bits);
      group.attribute("conversion_full_scale", layer.conversion.full_scale);
    }
    group.dataset("weight_codes", {weights.begin(), weights.end()}, layer.weight_codes);
  }
  write_optional(group, "scale", layer.scale);
  write_optional(group, "offset", layer.offset);
  write_optional(group, "sum_scale", layer.sum_scale);
  write_optional(group, "residual_scale", layer.residual_scale);
  if (layer.requantize) write_quantizer(group, layer);
}

void write_content(const hdf5::GroupWriter& root, const Workload& workload) {
  root.attribute("format", std::string_view(kFormat));
  root.attribute("format_version", kFormatVersion);
  root.attribute("network", std::string_view(workload.network));
  root.attribute("content_sha256", std::string_view(content_sha256(workload)));

  const hdf5::GroupWriter images = root.group("images");
  const Shape& shape = workload.image;
  write_format(images, "activation", workload.image_format);
  images.attribute("shape", extents(shape));
  images.dataset("codes", {workload.images(), shape.channels, shape.height, shape.width},
                 workload.image_codes);
  images.dataset("labels", {workload.images()}, workload.labels);

  const hdf5::GroupWriter layers = root.group("layers");
  layers.attribute("count", static_cast<std::uint32_t>(workload.layers.size()));
  for (std::size_t i = 0; i < workload.layers.size(); ++i)
    write_layer(layers.group(group_name(i)), workload.layers[i]);
}

Shape read_shape(const hdf5::GroupReader& group, const char* name) {
  const std::vector<std::uint32_t> values = group.naturals(name, 3);
  return {values[0], values[1], values[2]};
}

/// The member of `choices` whose name the attribute holds.
template <class Choice>
Choice read_choice(const hdf5::GroupReader& group, const std::string& attribute,
                   std::initializer_list<Choice> choices) {
  const std::string found = group.text(attribute.c_str());
  std::string known;
  for (const Choice choice : choices) {
    if (found == name(choice)) return choice;
    known += (known.empty() ? "" : ", ") + std::string(name(choice));
  }
  group.fail(attribute, fmt::format("holds \"{}\": must be one of {}", found, known));
}

CodeFormat read_format(const hdf5::GroupReader& group, const std::string& what) {
  const CodeFormat format{read_choice(group, what + "_encoding",
                                      {Encoding::unsigned_binary, Encoding::mid_rise, Encoding::ternary}),
                          group.natural((what + "_bits").c_str())};
  if (format.bits < 1 || format.bits > 8)
    group.fail(what + "_bits", fmt::format("holds {}: codes have 1 to 8 bits", format.bits));
  return format;
}

/// A dataset that stands only where the layer has it. @param count values it must hold
template <class Value>
std::vector<Value> read_optional(const hdf5::GroupReader& group, const char* name, std::uint64_t count) {
  return group.has_link(name) ? group.dataset<Value>(name, {count}) : std::vector<Value>{};
}

OutputQuantizer read_quantizer(const hdf5::GroupReader& group, const Layer& layer) {
  OutputQuantizer quantizer{read_format(group, "output"), group.real("output_step"), {}, {}};
  const std::uint32_t steps = quantizer.format.levels() - 1;
  if (layer.affine_of_one())
    quantizer.thresholds = group.dataset<std::int64_t>("thresholds", {layer.out.channels, steps});
  else
    quantizer.boundaries = group.dataset<double>("boundaries", {steps});
  return quantizer;
}

/// @param attribute names a layer, or -1
std::int32_t read_index(const hdf5::GroupReader& group, const char* attribute) {
  const std::int64_t index = group.integer(attribute);
  if (index < -1 || index > 65535)
    group.fail(attribute, fmt::format("holds {}: must lie in -1..65535", index));
  return static_cast<std::int32_t>(index);
}

Layer read_layer(const hdf5::GroupReader& group) {
  Layer layer;
  layer.name = group.text("name");
  layer.kind =
      read_choice(group, "kind",
                  {LayerKind::convolution, LayerKind::linear, LayerKind::max_pool, LayerKind::average_pool});
  layer.input = read_index(group, "input");
  layer.residual = read_index(group, "residual");
  layer.in = read_shape(group, "in");
  layer.out = read_shape(group, "out");
  layer.kernel = group.natural("kernel");
  layer.stride = group.natural("stride");
  layer.padding = group.natural("padding");
  layer.exact = group.natural("exact") != 0;
  if (group.has_attribute("activation_bits")) layer.activations = read_format(group, "activation");
  layer.padding_codes = read_optional<std::uint8_t>(group, "padding_codes", layer.in.channels);
  if (layer.has_weights()) {
    const std::vector<std::uint64_t> weights = weight_shape(layer);
    layer.weights = read_format(group, "weight");
    if (group.has_attribute("conversion_bits")) {
      layer.conversion = {group.natural("conversion_bits"), group.natural("conversion_full_scale")};
    }
    layer.weight_codes = group.dataset<std::uint8_t>("weight_codes", {weights.begin(), weights.end()});
  }
  layer.scale = read_optional<double>(group, "scale", layer.out.channels);
  layer.offset = read_optional<double>(group, "offset", layer.out.channels);
  layer.sum_scale = read_optional<double>(group, "sum_scale", layer.out.channels);
  layer.residual_scale = read_optional<double>(group, "residual_scale", layer.out.channels);
  layer.requantize = group.has_attribute("output_bits");
  if (layer.requantize) layer.quantizer = read_quantizer(group, layer);
  return layer;
}

void check_version(const hdf5::GroupReader& root, const std::string& path) {
  if (!root.has_attribute("format") || root.text("format") != kFormat)
    throw Error(path + ": is HDF5 but not a workload (no attribute format = \"" + kFormat +
                "\"): give a file written by `sumline lower`");
  const std::uint32_t version = root.natural("format_version");
  if (version > kFormatVersion)
    root.fail("format_version",
              fmt::format("holds {}: this Sumline reads up to {}, use a newer one", version, kFormatVersion));
  if (version != kFormatVersion)
    root.fail("format_version",
              fmt::format("holds {}: this Sumline reads {}, write the file again with `sumline lower`",
                          version, kFormatVersion));
}

Workload read_content(const hdf5::GroupReader& root) {
  Workload workload;
  workload.network = root.text("network");
  const hdf5::GroupReader images = root.group("images");
  workload.image_format = read_format(images, "activation");
  workload.labels = images.dataset<std::uint8_t>("labels", {std::nullopt});
  workload.image = read_shape(images, "shape");
  workload.image_codes = images.dataset<std::uint8_t>(
      "codes",
      {workload.labels.size(), workload.image.channels, workload.image.height, workload.image.width});
  const hdf5::GroupReader layers = root.group("layers");
  const std::uint32_t count = layers.natural("count");
  for (std::uint32_t i = 0; i < count; ++i)
    workload.layers.push_back(read_layer(layers.group(group_name(i))));
  return workload;
}

}  // namespace

void write_workload(const Workload& workload, const std::string& path) {
  validate(workload);
  hdf5::FileWriter file;
  write_content(file.root(), workload);
  write_file(path, file.bytes());
}

Workload read_workload(const std::string& path) {
  const hdf5::FileReader file(path);
  const hdf5::GroupReader root = file.root();
  check_version(root, path);
  Workload workload = read_content(root);
  const std::string stored = root.text("content_sha256");
  const std::string found = content_sha256(workload);
  if (stored != found)
    root.fail("content_sha256", fmt::format("holds {}, the content has {}: the file was changed after it was "
                                            "written, write it again",
                                            stored, found));
  try {
    validate(workload);
  } catch (const Error& error) {
    throw Error(path + ": " + error.what());
  }
  return workload;
}

}  // namespace sumline

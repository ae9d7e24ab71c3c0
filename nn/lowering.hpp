// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "nn/batches.hpp"
#include "nn/image_codes.hpp"
#include "nn/network.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// The layers of a trained network as integers: weight codes, batch norm folded into scale and offset,
/// requantisation as thresholds. Max-pool runs on codes, behind the requantisation it commutes with; ReLU is
/// part of it. Source: RedPIM's numeric mapping and LUT quantisation module.
/// @param bits one digit per quantised layer @throws Error naming the layer that has no integer form
Workload lower_network(const NetworkConfig& config, const std::string& bits, const Network& network);

/// Codes of the pixels by the first layer's quantiser, in float32 arithmetic as in training.
CodeTable hwgq_image_codes(const CodeFormat& format, const PixelTable& table);

/// Adds the first `count` images. @param table [channels]
void lower_images(Workload& workload, const Images& images, std::size_t count, const CodeTable& table);

}  // namespace sumline

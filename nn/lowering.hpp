// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "nn/batches.hpp"
#include "nn/network.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// The layers of a trained network as integers: weight codes, batch norm folded into scale and offset,
/// requantisation as thresholds. Max-pool runs on codes, behind the requantisation it commutes with; ReLU is
/// part of it. Source: RedPIM's numeric mapping and LUT quantisation module.
/// @param bits one digit per quantised layer @throws Error naming the layer that has no integer form
Workload lower_network(const NetworkConfig& config, const std::string& bits, const Network& network);

/// Adds the first `count` images as codes of the first layer's quantiser, in float32 arithmetic as in
/// training.
void lower_images(Workload& workload, const Images& images, std::size_t count, const PixelTable& table);

}  // namespace sumline

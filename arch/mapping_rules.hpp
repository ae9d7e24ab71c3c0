// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "configs/accelerator.hpp"
#include "traces/workload.hpp"

/// What an accelerator's parts, and a layer and an accelerator, must have in common to be mapped.
namespace sumline {

/// @throws Error naming two settings that exclude each other, and the one to change
void check_combination(const Accelerator& accelerator);
/// @throws Error naming the layer where the arrays cannot take its activations or hold its weights
void check_encoding(const Layer& layer, const Accelerator& accelerator);
/// @throws Error naming the layer where its scales count on another converter
void check_conversion(const Layer& layer, const Accelerator& accelerator);

}  // namespace sumline

// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Each prints a group of the speed figures that the project promises, one line each: name value unit target. Medians of
/// interleaved repetitions in one run.
namespace sumline::bench {

/// Kernels, engines and training on LeNet-5.
void print_lenet_targets(int repetitions);

/// Probabilistic approximate computation in training.
void print_pac_targets(int repetitions);

/// The engines on the preset pacim, without the programming of the arrays.
void print_pac_engine_targets(int repetitions);

/// Networks trained through their converter.
void print_bnn_targets(int repetitions);

}  // namespace sumline::bench

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

/// Rates of the kernels on one core: medians of repeated runs of about 20 ms.
namespace sumline::bench {

/// A crossbar and what is read out of it.
struct KernelShape {
  std::uint32_t rows = 128;
  std::uint32_t columns = 128;
  std::uint32_t cell_bits = 1;
  std::uint32_t planes = 8;
  std::size_t vectors = 256;  ///< what the functional engine reads at once of 128 rows
  bool matrix_unit = true;    ///< may be used, where there is one
};

/// An ADC that saturates at 2^bits - 1, for every sum the shape can reach.
std::vector<std::int32_t> saturating_table(const KernelShape& shape, std::uint32_t bits);

/// Of repeated runs of about 20 ms. Beside a busy neighbour on the same core the fastest tells what a free core does.
struct Rate {
  double median;
  double fastest;
};

/// Conversions per second of the batched read-out: random cells and codes, one conversion per (bitline,
/// plane, vector).
Rate batch_read_out_rate(const KernelShape& shape, const std::vector<std::int32_t>& table);
/// The same as three nested loops over bytes.
double plain_read_out_rate(const KernelShape& shape, const std::vector<std::int32_t>& table);
/// Reads per second of ArrayModel::drive() with ou_sums(): 16 x 16 cells of 2 bits inside a crossbar of 128 x 128.
double ou_read_rate();
/// Codes per second cut into bit-planes by InputBatch.
double slicing_rate(const KernelShape& shape);
/// Multiply-accumulates per second of multiply().
double integer_product_rate(std::size_t count, std::size_t depth, std::size_t rows);

}  // namespace sumline::bench

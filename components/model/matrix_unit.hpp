// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// The matrix unit of Intel processors (AMX, from Sapphire Rapids on): eight tiles of 16 rows of 64 bytes, and an
/// instruction that multiplies two of them and adds to a third. In assembly, so that no compiler option is needed.
/// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 18.
namespace sumline {

/// True if this processor multiplies tiles of bytes (and has the bit-matrix instructions that prepare them) and the
/// operating system lets this process do so; Linux wants to be asked, which the first call does.
bool has_matrix_unit();

/// One tile in memory: [kRows][kRowBytes].
struct alignas(64) MatrixTile {
  static constexpr std::size_t kRows = 16, kRowBytes = 64;
  std::array<std::uint8_t, kRows * kRowBytes> bytes;
};

/// All eight tiles of this thread at full size for as long as it lives; only where has_matrix_unit(). The functions
/// below need one.
class MatrixSession {
 public:
  MatrixSession();
  ~MatrixSession();
  MatrixSession(const MatrixSession&) = delete;
  MatrixSession& operator=(const MatrixSession&) = delete;
};

#ifdef __x86_64__

/// tile = memory
template <int kTile>
inline void load_tile(const MatrixTile& memory) {
  asm volatile("tileloadd (%1,%2,1), %%tmm%c3"
               :
               : "m"(memory), "r"(&memory), "r"(MatrixTile::kRowBytes), "i"(kTile));
}

/// memory = tile
template <int kTile>
inline void store_tile(MatrixTile& memory) {
  asm volatile("tilestored %%tmm%c3, (%1,%2,1)"
               : "=m"(memory)
               : "r"(&memory), "r"(MatrixTile::kRowBytes), "i"(kTile));
}

/// tile = 0
template <int kTile>
inline void clear_tile() {
  asm volatile("tilezero %%tmm%c0" : : "i"(kTile));
}

/// Adds to each of the 16 x 16 int32 of kSums: sums[m][n] += sum over k < 64 of a[m][k] * b[k / 4][4 n + k % 4],
/// unsigned bytes.
template <int kSums, int kA, int kB>
inline void multiply_tiles() {
  asm volatile("tdpbuud %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(kSums), "i"(kA), "i"(kB));
}

#endif

}  // namespace sumline

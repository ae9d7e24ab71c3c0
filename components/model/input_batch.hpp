// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sumline {

/// The codes of many input vectors as bit-planes, laid out for components/model/batch_readout.hpp: 128
/// vectors and four planes of a row share 64 bytes, so that one wide addition serves 512 conversions of a
/// bitline.
///
/// Byte 4 d + t of such a group holds plane t, and its bit j belongs to vector 16 j + d: after the counts' 8
/// x 8 bit blocks are transposed, the planes of one vector are neighbouring bytes and the vectors come out in
/// order.
class InputBatch {
 public:
  /// @param codes [count, rows], row-major @param planes 1..8; bits of a code above them are ignored
  InputBatch(std::span<const std::uint8_t> codes, std::size_t count, std::uint32_t rows,
             std::uint32_t planes);

  std::size_t count() const { return count_; }
  std::uint32_t rows() const { return rows_; }
  std::uint32_t planes() const { return planes_; }
  /// Blocks of kVectors input vectors; vectors past count() have zero codes.
  std::size_t blocks() const { return (count_ + kVectors - 1) / kVectors; }
  /// Groups of four planes.
  std::size_t quads() const { return (planes_ + 3) / 4; }
  /// [rows][kGroup] bytes: planes 4 quad .. 4 quad + 3 of one block.
  const std::uint8_t* group(std::size_t block, std::size_t quad) const {
    return groups_[(block * quads() + quad) * rows_].bytes.data();
  }

  static constexpr std::size_t kVectors = 128;
  static constexpr std::size_t kGroup = 64;

 private:
  struct alignas(kGroup) Group {
    std::array<std::uint8_t, kGroup> bytes;
  };

  std::size_t count_;
  std::uint32_t rows_;
  std::uint32_t planes_;
  std::vector<Group> groups_;  ///< [blocks][quads][rows]
};

}  // namespace sumline

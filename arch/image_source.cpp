// SPDX-License-Identifier: Apache-2.0
#include "arch/image_source.hpp"

namespace sumline {

ImageSource::ImageSource(const sc_core::sc_module_name& name, RunState& run, Chip& chip, Sequencer& sequencer)
    : sc_module(name), run_(run), chip_(chip), sequencer_(sequencer), requester_(run.requesters++) {
  SC_HAS_PROCESS(ImageSource);
  SC_THREAD(send);
}

void ImageSource::send() {
  const Workload& workload = run_.workload;
  const std::size_t size = workload.image.size();
  const std::uint64_t bits = size * workload.image_format.bits;
  Link& link = chip_.external_link();
  for (std::uint32_t image = 0; image < run_.images; ++image) {
    sequencer_.wait_for_entry(image);
    run_.wait_until_free(run_.wiring.images, image);
    for (const std::uint32_t layer : run_.wiring.images.readers) {
      const Service transfer = link.transfer(requester_, layer, bits);
      run_.recorder.worked(link.name(), layer, transfer);
      run_.recorder.image_began(image, transfer);
    }
    for (const BufferedCopy& copy : run_.wiring.images.copies) {
      Tile& home = chip_.tile(run_.mapping.homes[copy.reader].tile);
      if (copy.encoded_bits > 0) {
        home.sparsity_encoder->encode(copy.reader, workload.image.positions() * copy.encoded_bits);
      }
      home.buffer.write(copy.reader, workload.image.positions() * copy.pixel_bits);
    }
    run_.image_map.store_all(image,
                             std::span(workload.image_codes).subspan((run_.begin + image) * size, size));
    run_.image_map.finish(workload.image.positions());
  }
}

}  // namespace sumline

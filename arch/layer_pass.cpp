// SPDX-License-Identifier: Apache-2.0
#include "arch/layer_pass.hpp"

#include <algorithm>
#include <string>

namespace sumline {
namespace {

constexpr std::size_t kStackSize = 256 * 1024;  ///< bytes; banks compute on the stack of who makes them start

}  // namespace

LayerPass::LayerPass(const sc_core::sc_module_name& name, RunState& run, Chip& chip, Sequencer& sequencer,
                     ResultSink& sink, const PassRole& role)
    : sc_module(name),
      run_(run),
      chip_(chip),
      sequencer_(sequencer),
      role_(role),
      description_(run.workload.layers[role.pass.layer]),
      home_(run.mapping.homes[role.pass.layer].tile),
      approximation_(run.approximations[role.pass.layer] ? &*run.approximations[role.pass.layer] : nullptr),
      output_(run, chip, sink, role.pass.layer),
      feeder_(run.requesters++),
      collector_(run.requesters++),
      finisher_(run.requesters++) {
  for (const Replica& replica : role.pass.replicas) {
    Copy& copy = replicas_.emplace_back();
    copy.windows.fill(std::vector<std::uint8_t>(description_.rows()));
    for (const BankPlacement& placement : replica.banks) {
      const std::string bank =
          "tile" + std::to_string(placement.tile) + "_bank" + std::to_string(placement.bank);
      copy.banks.push_back(std::make_unique<Bank>(bank.c_str(), run, layer(), placement));
    }
  }
  SC_HAS_PROCESS(LayerPass);
  SC_THREAD(feed);
  set_stack_size(kStackSize);
  SC_THREAD(collect);
  set_stack_size(kStackSize);
  SC_THREAD(finish);
}

template <class Visit>
void LayerPass::for_each_position(Visit visit) {
  for (std::uint32_t image = 0; image < run_.images; ++image) {
    for (std::uint32_t position = 0; position < description_.out.positions(); ++position) {
      visit(image, position);
    }
  }
}

void LayerPass::feed() {
  const bool serial = run_.accelerator.mapping.schedule == Schedule::layer_serial;
  for_each_position([&](std::uint32_t image, std::uint32_t position) {
    if (position == 0) {
      sequencer_.wait_for_turn(role_.number, image);
    }
    if (serial) {
      run_.map(description_.input).wait_for_images(image + 1);
    } else {
      run_.wait_for_inputs(description_, image, position);
    }
    Copy& copy = copy_for(position);
    const InputVector vector = read_window(copy, image, position);
    for (const auto& bank : copy.banks) {
      fetch(*bank, vector);
    }
  });
}

InputVector LayerPass::read_window(Copy& copy, std::uint32_t image, std::uint32_t position) {
  std::vector<std::uint8_t>& codes = copy.windows[copy.read++ % copy.windows.size()];
  run_.models[layer()].gather(run_.map(description_.input).view(image), position, codes);
  std::uint8_t pac_class = 0;
  if (approximation_) {
    windows_.push(approximation_->read(codes));
    pac_class = windows_.back().pac_class;
    take_from_buffer(image, window_count_bits(description_, *run_.mapping.layers[layer()], role_.pass));
  }
  return {image, position, pac_class, codes};
}

void LayerPass::take_from_buffer(std::uint32_t image, std::uint64_t bits) {
  Tile& home = chip_.tile(home_);
  home.buffer.read(layer(), bits);
  const Service transfer = home.bus.transfer(feeder_, layer(), bits);
  run_.recorder.worked(home.bus.name(), layer(), transfer);
  run_.recorder.layer_began(layer(), image, transfer);
}

void LayerPass::fetch(Bank& bank, const InputVector& vector) {
  bank.acquire_input(feeder_) = vector;
  take_from_buffer(vector.image, bank.traffic.input_bits);
  chip_.route(feeder_, layer(), home_, bank.tile, bank.traffic.input_bits);
  bank.load_input();
}

void LayerPass::collect() {
  for_each_position([&](std::uint32_t, std::uint32_t position) {
    std::vector<std::int32_t>& sums = sums_.acquire(collector_);
    sums.assign(description_.out.channels, 0);
    for (const auto& bank : copy_for(position).banks) {
      receive(*bank, sums);
    }
    sums_.load();
  });
}

void LayerPass::receive(Bank& bank, std::vector<std::int32_t>& sums) {
  std::int32_t* sum = sums.data() + bank.outputs.first;
  for (const std::int32_t part : bank.take_output(collector_)) {
    *sum++ += part;
  }
  Tile& home = chip_.tile(home_);
  chip_.route(collector_, layer(), bank.tile, home_, bank.traffic.output_bits);
  const Service transfer = home.bus.transfer(collector_, layer(), bank.traffic.output_bits);
  run_.recorder.worked(home.bus.name(), layer(), transfer);
  bank.release_output();
  home.accumulator.add(collector_, layer(), bank.traffic.outputs);
}

void LayerPass::finish() {
  for_each_position([&](std::uint32_t image, std::uint32_t position) {
    std::vector<std::int32_t>& sums = sums_.take(finisher_);
    const auto earlier_parts = std::span(role_.partial_sums);
    if (!role_.first_part) {
      std::ranges::transform(sums, earlier_parts.subspan(position * sums.size(), sums.size()), sums.begin(),
                             std::plus<>());
    }
    if (role_.pass.last_part) {
      if (approximation_) {
        correct(sums);
      }
      output_.emit(finisher_, image, position, sums);
    } else {
      std::ranges::copy(sums, earlier_parts.subspan(position * sums.size()).begin());
    }
    if (approximation_) {
      windows_.pop();
    }
    sums_.release();
    sequencer_.finish(role_.number);
  });
}

void LayerPass::correct(std::span<std::int32_t> sums) {
  const PacWindow& window = windows_.front();
  ++run_.pac_classes[layer()][window.pac_class];
  PacEngine& engine = *chip_.tile(home_).pac_engine;
  const Service service = engine.correct(finisher_, layer(), *approximation_, window, sums);
  run_.recorder.worked(engine.name(), layer(), service);
}

std::uint64_t LayerPass::saturated() const {
  std::uint64_t saturated = 0;
  for (const Copy& copy : replicas_) {
    for (const auto& bank : copy.banks) {
      saturated += bank->saturated();
    }
  }
  return saturated;
}

}  // namespace sumline

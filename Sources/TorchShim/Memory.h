// Where the numbers of tensors on the host lie. A part of TorchShim.cpp, which alone includes it.
//
// A step of training asks for the same few hundred blocks as the one before. libtorch takes each from malloc, which gives
// large ones back to the kernel at once: the next step waits for the kernel to clear its pages anew, in training an
// EfficientNet for a fifth of the time. Here large blocks are kept for whoever asks next.
#ifndef DFPREP_TORCH_MEMORY_H
#define DFPREP_TORCH_MEMORY_H

#include <c10/core/Allocator.h>
#include <c10/core/impl/alloc_cpu.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <new>
#include <unordered_map>

#include <sys/mman.h>

namespace {

/// Large blocks, those in use and those kept. What is kept and what is in use never come to more than
/// ``allowance`` times the most that was in use at once.
class Blocks {
public:
  /// Bytes from which on a block is worth keeping.
  static constexpr size_t least = 128 << 10;

  void *take(size_t bytes) {
    const std::lock_guard<std::mutex> guard(lock);
    auto found = kept.lower_bound(bytes);
    // Up to a quarter of a block may lie idle.
    if (found == kept.end() || found->first > bytes + bytes / 4) found = add(bytes);
    const auto [size, block] = *found;
    kept.erase(found);
    bytes_kept -= size;
    used.emplace(block, size);
    bytes_used += size;
    most_used = std::max(most_used, bytes_used);
    return block;
  }

  /// Whether the block was one of these.
  bool give_back(void *block) {
    const std::lock_guard<std::mutex> guard(lock);
    const auto found = used.find(block);
    if (found == used.end()) return false;
    kept.emplace(found->second, block);
    bytes_kept += found->second;
    bytes_used -= found->second;
    used.erase(found);
    return true;
  }

private:
  static constexpr size_t page = 4 << 10, huge_page = 2 << 20;
  static constexpr double allowance = 1.25;

  std::mutex lock;
  std::multimap<size_t, void *> kept;
  std::unordered_map<void *, size_t> used;
  size_t bytes_kept = 0, bytes_used = 0, most_used = 0;

  std::multimap<size_t, void *>::iterator add(size_t bytes) {
    const size_t unit = bytes >= huge_page ? huge_page : page;
    const size_t size = (bytes + unit - 1) / unit * unit;
    const size_t most = std::max(most_used, bytes_used + size);
    while (!kept.empty() && bytes_used + bytes_kept + size > static_cast<size_t>(allowance * most)) {
      const auto largest = std::prev(kept.end());
      munmap(largest->second, largest->first);
      bytes_kept -= largest->first;
      kept.erase(largest);
    }
    void *block = map(size, unit);
    bytes_kept += size;
    return kept.emplace(size, block);
  }

  /// Fresh memory, aligned to `unit`.
  static void *map(size_t size, size_t unit) {
    const size_t extra = unit - page;
    void *whole = mmap(nullptr, size + extra, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (whole == MAP_FAILED) throw std::bad_alloc();
    const auto start = reinterpret_cast<uintptr_t>(whole), aligned = (start + unit - 1) / unit * unit;
    if (aligned > start) munmap(whole, aligned - start);
    if (start + extra > aligned) munmap(reinterpret_cast<void *>(aligned + size), start + extra - aligned);
    void *block = reinterpret_cast<void *>(aligned);
#if defined(MADV_HUGEPAGE)
    // A wish; without huge pages everything works as well.
    if (unit == huge_page) madvise(block, size, MADV_HUGEPAGE);
#endif
    return block;
  }
};

Blocks &blocks() {
  // Never destroyed: tensors may outlive everything else.
  static auto *const blocks = new Blocks;
  return *blocks;
}

/// What libtorch asks for memory in its default allocator's place. Small blocks are libtorch's own.
///
/// The functions lack `override`: libtorch 1.13 and 2.x declare them differently, or not at all.
struct KeepingAllocator final : c10::Allocator {
  c10::DataPtr allocate(size_t bytes) const {
    void *block = bytes < Blocks::least ? c10::alloc_cpu(bytes) : blocks().take(bytes);
    return {block, block, &release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DataPtr allocate(size_t bytes) { return std::as_const(*this).allocate(bytes); }
  c10::DeleterFnPtr raw_deleter() const { return &release; }
  void copy_data(void *destination, const void *source, size_t bytes) const {
    std::memcpy(destination, source, bytes);
  }

private:
  static void release(void *block) {
    if (!blocks().give_back(block)) c10::free_cpu(block);
  }
};

/// Puts ``KeepingAllocator`` in place, once. Blocks from before go back to where they are from.
void keep_blocks() {
  static auto *const allocator = [] {
    auto *made = new KeepingAllocator;
    c10::SetAllocator(c10::DeviceType::CPU, made, /*priority=*/1);
    return made;
  }();
  (void)allocator;
}

}  // namespace

#endif

import Engine
import Foundation
import TestSupport
import Testing

/// What the numerics profile promises: the same bytes whatever the processor has beyond AVX2, and whatever the user's
/// environment says.
@Suite(
  .serialized,
  .enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights and photographs; until then these wait"))
struct NumericsTests {
  private static let stages = """
      - decode: {frames: 3}
      - detect: {}
      - track: {}
      - crop: {size: 96}
      - extend: {self-blend: 1}
      - filter: {min-face: 20}
      - embed: {size: 64}
      - cluster: {k: 2, starts: 2}
      - resplit: {}
      - shard: {samples: 10}
    """

  @Test func `instruction sets that the user asks libraries for change no byte of shards and features`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 4)
      try workspace.pipeline("clips", stages: Self.stages)
      let environments = [
        "plain": [:],
        // Everything that this processor has, and two threads.
        "much": [
          "OPENBLAS_CORETYPE": "SkylakeX", "ONEDNN_MAX_CPU_ISA": "ALL", "DNNL_MAX_CPU_ISA": "ALL",
          "ATEN_CPU_CAPABILITY": "avx512", "OPENCV_CPU_DISABLE": "", "OMP_NUM_THREADS": "2",
          "OPENBLAS_NUM_THREADS": "2",
        ],
        // Less than AVX2 for libraries, and no AVX-512 for the C library, for which the profile has no word.
        "little": [
          "OPENBLAS_CORETYPE": "Nehalem", "ONEDNN_MAX_CPU_ISA": "SSE41", "ATEN_CPU_CAPABILITY": "default",
          "OPENCV_CPU_DISABLE": "AVX2,AVX,FP16,FMA3",
          "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-AVX512DQ,-AVX512CD,-ERMS",
        ],
      ]
      for (name, environment) in environments {
        let result = try workspace.dfprep(
          "run", "Pipelines/clips.yaml", "--store", "store-\(name)", "--output", "runs/\(name)",
          environment: environment)
        try #require(result.status == 0, "\(name): \(result.errors)")
      }
      let sums = try workspace.text("runs/plain/shards/SHA256SUMS")
      #expect(sums.contains(".tar"))
      for name in ["much", "little"] {
        #expect(try workspace.text("runs/\(name)/shards/SHA256SUMS") == sums, "\(name)")
        #expect(try workspace.centroids("store-\(name)") == workspace.centroids("store-plain"), "\(name)")
        #expect(try workspace.features("store-\(name)") == workspace.features("store-plain"), "\(name)")
      }
    }
  }

  static let hasEmulator =
    ProcessInfo.processInfo.environment["DFPREP_TEST_NUMERICS"] != nil
    && FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-x86_64")

  /// An emulated processor tells every library that it has AVX2 and nothing beyond, the C library and FFmpeg too.
  @Test(.enabled(if: hasEmulator, "an emulated processor is slow: `make test-numerics`"))
  func `a processor that has AVX2 and no more gives the same packs, features and clusters`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 2)
      try workspace.pipeline("clips", stages: Self.stages)
      let result = try workspace.dfprep("run", "Pipelines/clips.yaml", "--jobs", "1", "--until", "cluster")
      try #require(result.status == 0, "\(result.errors)")
      for (task, files) in [
        ("unit-0", ["pack.tar", "samples.jsonl"]), ("embed-0", ["features.npy", "keys.txt"]),
        ("cluster", ["centroids.npy", "clusters.csv", "map.json"]),
      ] {
        // The same task once more, into another place.
        let plan = workspace.root.appending(path: "runs/clips/plan/\(task).json")
        let text = try String(contentsOf: plan, encoding: .utf8)
        // A unit lies in its chain's folder, which is told once; everything else has an output of its own.
        let isUnit = task == "unit-0"
        let named = try #require(
          text.matches(of: isUnit ? /"folder":"([^"]+)"/ : /"output":"([^"]+)"/).last { $0.1.contains("/store/") })
        let output = String(named.1)
        let place = folder.appending(path: "emulated/\(task)").path(percentEncoded: false)
        let copy = folder.appending(path: "\(task).json")
        try Data(text.replacing("\"\(output)\"", with: "\"\(place)\"").utf8).write(to: copy)
        let emulated = try runProcess(
          "qemu-x86_64",
          [
            "-cpu", "Haswell", TestFiles.dfprep.path(percentEncoded: false), "worker", "--alone",
            copy.path(percentEncoded: false),
          ],
          environment: NumericsProfile.standard.environment, directory: folder)
        try #require(emulated.status == 0, "\(emulated.errors)")
        let parts = try isUnit ? FileManager.default.contentsOfDirectory(atPath: place) : ["."]
        #expect(!parts.isEmpty)
        for file in parts.flatMap({ part in files.map { "\(part)/\($0)" } }) {
          let native = try Data(contentsOf: URL(filePath: "\(output)/\(file)"))
          #expect(try Data(contentsOf: URL(filePath: "\(place)/\(file)")) == native, "\(task)/\(file)")
          #expect(!native.isEmpty)
        }
      }
    }
  }
}

import Engine
import Foundation
import Records
import Stages
import TestSupport
import Testing

/// The verb `cluster`.
@Suite struct FeatureClusteringTests {
  private func write(_ rows: Int, _ root: URL) throws -> String {
    var random = KeyedRandom(seed: 2, key: "rows", stage: "test")
    let values = (0..<rows * 4).map { Float(($0 / 4 % 3 == $0 % 4 ? 20 : 0) + random.normal()) }
    let file = root.appending(path: "features.npy")
    try NumPyFile.data(rows: rows, columns: 4, values: values).write(to: file)
    return file.path(percentEncoded: false)
  }

  private func dfprep(_ folder: URL, _ arguments: String...) throws -> ProcessResult {
    try runProcess(TestFiles.dfprep.path(percentEncoded: false), ["cluster"] + arguments, directory: folder)
  }

  /// The int32 values of a NumPy file of one dimension.
  private func integers(_ file: URL) throws -> [Int32] {
    try Data(contentsOf: file).dropFirst(128).withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self) }
    }
  }

  @Test(arguments: ["lloyd", "mini-batch"]) func `fits, and assigns to what it fitted`(algorithm: String) throws {
    try TestFiles.withTemporaryDirectory { root in
      _ = try write(90, root)
      let fitted = try dfprep(
        root, "features.npy", "--k", "3", "--algorithm", algorithm, "--batch", "30", "--output", "out", "--json")
      #expect(fitted.status == 0, "\(fitted.errors)")
      struct Result: Decodable { var rows: Int, columns: Int, clusters: Int, sizes: [Int], inertia: Double }
      let result = try JSONDecoder().decode(Result.self, from: Data(fitted.output.utf8))
      #expect((result.rows, result.columns, result.clusters) == (90, 4, 3) && result.sizes == [30, 30, 30])
      #expect(result.inertia > 200 && result.inertia < 500)
      let assignment = try integers(root.appending(path: "out/assignment.npy"))
      #expect(assignment == (0..<90).map { Int32($0 % 3) })
      let centroids = try NumPyFile.read(root.appending(path: "out/centroids.npy"))
      #expect((centroids.rows, centroids.columns) == (3, 4) && abs(centroids.values[0] - 20) < 1)

      let assigned = try dfprep(root, "features.npy", "--nearest-to", "out/centroids.npy", "--output", "again")
      #expect(assigned.status == 0, "\(assigned.errors)")
      #expect(try integers(root.appending(path: "again/assignment.npy")) == assignment)
      let further = try dfprep(
        root, "features.npy", "--k", "3", "--initial", "out/centroids.npy", "--output", "further", "--threads", "1")
      #expect(further.status == 0 && further.output.contains("after 1 round, converged"), "\(further.errors)")
    }
  }

  @Test func `mistakes are told before anything is written`() throws {
    try TestFiles.withTemporaryDirectory { root in
      _ = try write(9, root)
      try NumPyFile.data(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6]).write(to: root.appending(path: "narrow.npy"))
      var broken = [Float](repeating: 1, count: 12)
      broken[7] = .nan
      try NumPyFile.data(rows: 3, columns: 4, values: broken).write(to: root.appending(path: "broken.npy"))
      let cases: [([String], Int32, String)] = [
        (["features.npy", "--output", "o"], 64, "--k to fit, or --nearest-to"),
        (["features.npy", "--k", "2", "--metric", "cosine", "--output", "o"], 64, "euclidean, spherical"),
        (["features.npy", "--k", "0", "--output", "o"], 64, "positive"),
        (["features.npy", "--nearest-to", "narrow.npy", "--output", "o"], 64, "narrow.npy holds 2 x 3"),
        (["none.npy", "--k", "2", "--output", "o"], 1, "none.npy"),
        (["broken.npy", "--k", "2", "--output", "o"], 1, "feature 3 of row 1 of broken.npy is nan"),
      ]
      for (arguments, status, words) in cases {
        let result = try runProcess(
          TestFiles.dfprep.path(percentEncoded: false), ["cluster"] + arguments, directory: root)
        #expect(result.status == status && result.errors.contains(words), "\(arguments): \(result)")
        #expect(!FileManager.default.fileExists(atPath: root.appending(path: "o").path(percentEncoded: false)))
      }
    }
  }

  @Test func `a map goes into a folder that was not there, and a broken row is named`() throws {
    try TestFiles.withTemporaryDirectory { root in
      _ = try write(30, root)
      func map(_ features: String) throws -> ProcessResult {
        try runProcess(
          TestFiles.dfprep.path(percentEncoded: false),
          ["map", features, "--output", "new/folder/map.npy", "--iterations", "5"], directory: root)
      }
      let result = try map("features.npy")
      #expect(result.status == 0 && result.output.hasPrefix("30 x 4 features, perplexity 9.66667, 5 rounds: "))
      let places = try NumPyFile.read(root.appending(path: "new/folder/map.npy"))
      #expect((places.rows, places.columns) == (30, 2))

      try NumPyFile.data(rows: 2, columns: 2, values: [1, 2, 3, .nan]).write(to: root.appending(path: "broken.npy"))
      let broken = try map("broken.npy")
      #expect(broken.status == 1 && broken.errors.contains("feature 1 of row 1 is nan"), "\(broken.errors)")
    }
  }
}

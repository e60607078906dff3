import Foundation
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite struct DetectorModelTests {
  private let preprocessing = Backbone.efficientNetLite0.preprocessing(sizePixels: 32)

  private func pictures(_ count: Int) -> [[UInt8]] {
    (0..<count).map { picture in (0..<32 * 32 * 3).map { UInt8(truncatingIfNeeded: $0 &* (picture + 3) &+ picture) } }
  }

  @Test func aSavedModelComesBackToTheBit() throws {
    let model = try DetectorModel(weights: .random(seed: 3), preprocessing: preprocessing)
    _ = try model.network.features(of: preprocessing.normalise(images: pictures(4)), training: true)
    try TestFiles.withTemporaryDirectory { folder in
      let (first, second) = (folder.appending(path: "a.safetensors"), folder.appending(path: "b.safetensors"))
      try model.save(to: first, metadata: ["recipe": "{}", "format": "a caller cannot change it"])
      let loaded = try DetectorModel.load(first)
      #expect(loaded.metadata == ["recipe": "{}"])
      #expect(loaded.preprocessing == preprocessing)
      #expect(try loaded.network.namedArrays() == model.network.namedArrays())
      #expect(try loaded.probabilitiesOfFake(images: pictures(3)) == model.probabilitiesOfFake(images: pictures(3)))
      try loaded.save(to: second, metadata: loaded.metadata)
      #expect(try Data(contentsOf: first) == Data(contentsOf: second))
    }
  }

  @Test func anotherNetworksWeightsAreRefusedWithTheDifferences() throws {
    var arrays = try Backbone.efficientNetLite0.network(weights: .random(seed: 1), classCount: 2).namedArrays()
    arrays.removeAll { $0.name == "bn1.weight" }
    arrays.append(try NamedArray(name: "extra", type: .float32, shape: [1], bytes: Data(count: 4)))
    let error = #expect(throws: ModelError.self) {
      try Backbone.efficientNetLite0.network(weights: .arrays(arrays), classCount: 3)
    }
    #expect(error?.code == .differentWeights)
    for difference in [
      "'bn1.weight' float32[32] is missing", "'extra' is not a weight of this network",
      "'classifier.weight' is float32[2, 1280] instead of float32[3, 1280]",
    ] {
      #expect(error?.message.contains(difference) == true, "\(error?.message ?? "")")
    }
  }

  @Test func weightsThatAreNotNumbersAreRefused() throws {
    var arrays = try Backbone.efficientNetLite0.network(weights: .random(seed: 1), classCount: 2).namedArrays()
    let index = try #require(arrays.firstIndex { $0.name == "bn1.bias" })
    let bytes = [Float](repeating: .nan, count: 32).withUnsafeBytes { Data($0) }
    arrays[index] = try NamedArray(name: "bn1.bias", type: .float32, shape: [32], bytes: bytes)
    let error = #expect(throws: ModelError.self) {
      try Backbone.efficientNetLite0.network(weights: .arrays(arrays), classCount: 2)
    }
    #expect(error?.message.contains("'bn1.bias' holds infinite numbers") == true)
  }

  @Test func absentWeightsAreAnErrorAndNeverRandom() throws {
    let absent = URL(filePath: "/nonexistent/weights.pth")
    for attempt in [
      { _ = try Backbone.efficientNetLite0.network(weights: .file(absent)) }, { _ = try DetectorModel.load(absent) },
    ] {
      let error = #expect(throws: ModelError.self) { try attempt() }
      #expect(error?.code == .missingModel)
      #expect(error?.message.contains("/nonexistent/weights.pth is not there") == true)
    }
  }

  @Test func aFileWhoseNameIsNotItsDigestIsRefused() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let file = folder.appending(path: "efficientnet-lite0-57934424.pth")
      try Data("damaged".utf8).write(to: file)
      let error = #expect(throws: ModelError.self) { try Backbone.efficientNetLite0.network(weights: .file(file)) }
      #expect(error?.code == .unreadableWeights)
      #expect(error?.message.contains("SHA-256") == true)
    }
  }

  @Test func otherFilesAreNotTakenForADetector() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let file = folder.appending(path: "model.safetensors")
      try Safetensors(arrays: [], metadata: ["format": "pt"]).encoded().write(to: file)
      let error = #expect(throws: ModelError.self) { try DetectorModel.load(file) }
      #expect(error?.code == .differentWeights)
    }
  }

  @Test func randomWeightsAreAFunctionOfTheSeed() throws {
    func arrays(_ seed: UInt64) throws -> [NamedArray] {
      try Backbone.efficientNetLite0.network(weights: .random(seed: seed), classCount: 2).namedArrays()
    }
    #expect(try arrays(1) == arrays(1))
    #expect(try arrays(1) != arrays(2))
  }

  @Test func picturesAreNormalisedPerChannel() throws {
    let preprocessing = Preprocessing(sizePixels: 1, mean: [0, 0.2, 0.4], standardDeviation: [1, 0.5, 0.2])
    let tensor = try preprocessing.normalise(images: [[255, 51, 153], [0, 102, 0]])
    #expect(try tensor.shape == [2, 3, 1, 1])
    let values: [Float] = try tensor.values()
    for (value, expected) in zip(values, [1, 0, 1, 0, 0.4, -2] as [Float]) { #expect(abs(value - expected) < 1e-6) }
    let lite: [Float] = try Backbone.efficientNetLite0.preprocessing(sizePixels: 1).normalise(images: [[127, 255, 0]])
      .values()
    #expect(lite == [0, 1, -127.0 / 128])
  }

  @Test func picturesOfAnotherSizeAreRefused() throws {
    let error = #expect(throws: ModelError.self) { try preprocessing.normalise(images: [pictures(1)[0], [1, 2, 3]]) }
    #expect(error?.code == .unsuitablePictures)
    #expect(error?.message.contains("picture 1 has 3 bytes") == true)
  }
}

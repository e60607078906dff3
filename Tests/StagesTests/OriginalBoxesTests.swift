import Faces
import Foundation
import Imaging
import Records
import TestSupport
import Testing

@testable import Engine
@testable import Stages

/// One family sent through `decode` and `detect`.
private struct FamilyRun {
  var frames: [String: [DetectedFrame]] = [:]
  var notes: [String: [SourceNote]] = [:]
  /// Frames that the detector saw, by source.
  var detections: [String: Int] = [:]

  /// - Parameters:
  ///   - paths: the original first; below `root`.
  ///   - detect: the detector; `nil` takes YuNet.
  init(
    _ paths: [String], root: URL, frames count: Int, options: DetectStage.Options, withoutOriginal: Bool = false,
    detect: ((DecodedFrame) throws -> [Face])? = nil
  ) throws {
    let sources = paths.enumerated().map { index, path in
      Source(
        dataset: "clips", path: path, label: index == 0 ? .real : .fake, original: index == 0 ? nil : paths[0])
    }
    let family = Family.families(of: Array(sources.dropFirst(withoutOriginal ? 1 : 0)))[0]
    let ledger = FamilyLedger(family: family)
    let context = StageContext(
      stageID: "stage", seed: 0, modelsFolder: TestFiles.models,
      roots: ["clips": root.path(percentEncoded: false)], resources: WorkerResources(), progress: { _, _, _ in })
    var decodeOptions = DecodeStage.Options()
    decodeOptions.frames = PerLabel(real: count, fake: count)
    let decode = try DecodeStage(options: decodeOptions).makePass(context, ledger: ledger)
    let detector =
      try detect == nil
      ? FaceDetectors.make(
        "yunet", options: DetectorOptions(minimumFacePixels: options.minimumFace), modelsFolder: TestFiles.models) : nil
    var calls: [String: Int] = [:]
    let pass = DetectStage.Pass(options: options, ledger: ledger) { frame in
      calls[frame.source.path, default: 0] += 1
      return try detect?(frame) ?? detector?.detect(frame.picture) ?? []
    }
    var found: [String: [DetectedFrame]] = [:]
    func collect(_ frame: DetectedFrame) { found[frame.frame.source.path, default: []].append(frame) }
    for source in family.sources {
      try decode.process(source) { try pass.process($0, emit: collect) }
      try decode.endSource { try pass.process($0, emit: collect) }
      try pass.endSource(emit: collect)
    }
    (frames, notes, detections) = (found, ledger.notes, calls)
  }

  /// Frames of a source whose faces were inherited.
  func inherited(_ path: String) -> [DetectedFrame] {
    (frames[path] ?? []).filter { $0.faces.contains { $0.origin == .inherited } }
  }
}

/// Clips of a head that wanders over a still background.
private struct WanderingHead {
  static let frames = 16
  static let (width, height) = (320, 180)

  /// The face of a frame, by its number.
  static func face(_ index: Int) -> Face {
    Face(
      box: Box(x: 70 + 8 * Double(index), y: 50 + 3 * Double(index % 8), width: 44, height: 52),
      landmarks: [Point(x: 90 + 8 * Double(index), y: 70)], score: 0.9)
  }

  /// The detector: the truth for the original, something else for fakes.
  static func detect(_ frame: DecodedFrame) -> [Face] {
    frame.source.label == .real
      ? [face(frame.index)] : [Face(box: Box(x: 1, y: 2, width: 30, height: 30), score: 0.5)]
  }

  private let background: Image

  init(_ name: String) {
    var random = KeyedRandom(seed: 1, key: name, stage: "background")
    let waves = (0..<5).map { _ in
      (0.2 * (random.uniform() - 0.5), 0.2 * (random.uniform() - 0.5), 6.3 * random.uniform())
    }
    var image = Image(width: Self.width, height: Self.height)
    for y in 0..<Self.height {
      for x in 0..<Self.width {
        let grey = waves.reduce(115.0) { $0 + 22 * sin($1.0 * Double(x) + $1.1 * Double(y) + $1.2) }
        for channel in 0..<3 { image.pixels[(y * Self.width + x) * 3 + channel] = UInt8(max(0, min(255, grey))) }
      }
    }
    background = image
  }

  /// - Parameter filter: of ffmpeg, such as `crop=296:180:12:0`.
  func write(_ url: URL, isFake: Bool, filter: String? = nil) throws {
    try SyntheticVideo.make(
      at: url, width: Self.width, height: Self.height, frames: Self.frames, framesPerSecond: 10,
      codecArguments: (filter.map { ["-vf", $0] } ?? []) + SyntheticVideo.h264
    ) { index in
      var image = background
      let box = Self.face(index).box
      for y in Int(box.y) - 12..<Int(box.y + box.height) + 8 {
        for x in Int(box.x) - 10..<Int(box.x + box.width) + 10 where x < Self.width {
          let (u, v) = ((Double(x) - box.centre.x) / 32, (Double(y) - box.centre.y + 2) / 36)
          guard u * u + v * v < 1 else { continue }
          // The manipulation stays within the face.
          let isFace = abs(u) < 0.6 && abs(v) < 0.65
          let grey = isFace ? (isFake ? 120 + 100 * v : 190 - 60 * abs(u)) : 35
          for channel in 0..<3 { image.pixels[(y * Self.width + x) * 3 + channel] = UInt8(max(0, min(255, grey))) }
        }
      }
      return image
    }
  }
}

@Suite("Boxes from the original")
struct OriginalBoxesTests {
  private var options: DetectStage.Options {
    var options = DetectStage.Options()
    options.boxesFrom = "original"
    return options
  }

  private func run(
    filter: String?, options: DetectStage.Options? = nil, background: String = "street", withoutOriginal: Bool = false
  ) throws -> FamilyRun {
    try TestFiles.withTemporaryDirectory { folder in
      try WanderingHead("street").write(folder.appending(path: "real.mp4"), isFake: false)
      try WanderingHead(background).write(folder.appending(path: "fake.mp4"), isFake: true, filter: filter)
      return try FamilyRun(
        ["real.mp4", "fake.mp4"], root: folder, frames: WanderingHead.frames, options: options ?? self.options,
        withoutOriginal: withoutOriginal, detect: WanderingHead.detect)
    }
  }

  @Test(
    "are mapped into crops, edges and resizes",
    arguments: [
      (nil, 1.0, 1.0, 0.0, 0.0), ("crop=296:180:12:0", 1, 1, -12, 0), ("crop=250:140:20:26", 1, 1, -20, -26),
      ("pad=360:200:30:8", 1, 1, 30, 8), ("scale=240:136:flags=area", 0.75, 136.0 / 180, 0, 0),
      ("scale=322:180", 322.0 / 320, 1, 0, 0),
    ] as [(String?, Double, Double, Double, Double)])
  func geometry(filter: String?, scaleX: Double, scaleY: Double, x: Double, y: Double) throws {
    let run = try run(filter: filter)
    let truth = RegistrationMap(scaleX: scaleX, scaleY: scaleY, offsetX: x, offsetY: y)
    let inherited = run.inherited("fake.mp4")
    let inside = (0..<WanderingHead.frames).filter { index in
      let box = truth.apply(WanderingHead.face(index).box)
      return box.x > 0 && box.x + box.width < (filter == "crop=250:140:20:26" ? 250 : 320 * scaleX)
    }
    #expect(inherited.count >= inside.count, "\(run.notes)")
    for frame in inherited {
      let expected = truth.apply(WanderingHead.face(frame.frame.index))
      let face = try #require(frame.faces.first)
      #expect(frame.isLookedAt && face.score == 0.9)
      for (got, wanted) in [
        (face.box.x, expected.box.x), (face.box.y, expected.box.y), (face.box.width, expected.box.width),
        (face.box.height, expected.box.height), (face.landmarks[0].x, expected.landmarks[0].x),
      ] { #expect(abs(got - wanted) < 0.5, "frame \(frame.frame.index): \(face) instead of \(expected)") }
    }
    if filter == nil {
      #expect(inherited.map(\.faces) == (0..<WanderingHead.frames).map { [truth.apply(WanderingHead.face($0))] })
      #expect(run.notes.isEmpty && run.detections == ["real.mp4": WanderingHead.frames])
    } else {
      #expect(run.notes["fake.mp4"]?.contains { $0.code == "registered" } == true)
    }
  }

  @Test(
    "follow the picture, not the clock",
    arguments: [
      ("reverse", 15, -1), ("trim=start_frame=5,setpts=PTS-STARTPTS", 5, 1),
      ("setpts=PTS+1.7/TB", 0, 1),
    ])
  func time(filter: String, first: Int, step: Int) throws {
    let run = try run(filter: filter)
    let inherited = run.inherited("fake.mp4")
    #expect(inherited.count == run.frames["fake.mp4"]?.count && inherited.count >= 11, "\(run.notes)")
    for frame in inherited {
      let expected = RegistrationMap.identity.apply(WanderingHead.face(first + step * frame.frame.index))
      #expect(frame.faces == [expected], "frame \(frame.frame.index)")
    }
  }

  @Test("of another scene, or without an original, are not inherited but detected, with a note")
  func notRegistered() throws {
    for (run, reason) in [
      (try run(filter: nil, background: "harbour"), "it lies nowhere on its original"),
      (try run(filter: nil, withoutOriginal: true), "no frame of its original is there"),
    ] {
      #expect(run.inherited("fake.mp4").isEmpty)
      #expect(run.detections["fake.mp4"] == WanderingHead.frames)
      let note = try #require(run.notes["fake.mp4"]?.first)
      #expect(note.code == "not-registered" && note.detail.contains("16 of 16") && note.detail.contains(reason))
    }
  }

  @Test("every: k looks at each k-th frame and the last, and fakes follow their original")
  func every() throws {
    for boxes in ["own", "original"] {
      var options = options
      (options.every, options.boxesFrom) = (4, boxes)
      let run = try run(filter: nil, options: options)
      let looked = [0, 4, 8, 12, 15]
      for path in ["real.mp4", "fake.mp4"] {
        let frames = try #require(run.frames[path])
        #expect(frames.map(\.frame.index) == Array(0..<WanderingHead.frames))
        #expect(frames.filter(\.isLookedAt).map(\.frame.index) == looked)
        #expect(frames.allSatisfy { $0.isLookedAt || $0.faces.isEmpty })
      }
      #expect(run.detections["real.mp4"] == looked.count)
      #expect(run.detections["fake.mp4"] == (boxes == "own" ? looked.count : nil))
      #expect(run.inherited("fake.mp4").count == (boxes == "own" ? 0 : looked.count))
    }
  }

  @Test("the last frame of a fake that ends early is looked at, though its original's is not")
  func everyWithAnEnd() throws {
    var options = options
    options.every = 4
    let run = try run(filter: "trim=end_frame=15", options: options)
    let frames = try #require(run.frames["fake.mp4"])
    #expect(frames.filter(\.isLookedAt).map(\.frame.index) == [0, 4, 8, 12, 14])
    #expect(
      frames.map { $0.faces.first?.origin }
        == (0..<15).map { index in
          index == 14 ? .detected : index.isMultiple(of: 4) ? .inherited : nil
        })
  }
}

/// Genuine pairs whose sizes, crops and times differ.
@Suite(
  "Boxes from genuine originals",
  .enabled(
    if: TestFiles.sharedMedia != nil && TestFiles.hasModelsAndMedia, "the clips are not here, or no weights"))
struct GenuineOriginalBoxesTests {
  private static let youtube = "ffpp/original_sequences/youtube/c40/videos"
  private static func fake(_ method: String, _ name: String) -> String {
    "ffpp/manipulated_sequences/\(method)/c40/videos/\(name).mp4"
  }

  @Test(
    arguments: [
      (
        "\(youtube)/469.mp4", fake("Face2Face", "469_481"),
        RegistrationMap(scaleX: 1, scaleY: 1, offsetX: -11, offsetY: 0)
      ),
      (
        "\(youtube)/469.mp4", fake("NeuralTextures", "469_481"),
        RegistrationMap(scaleX: 1, scaleY: 1, offsetX: -11, offsetY: 0)
      ),
      ("\(youtube)/183.mp4", fake("Deepfakes", "183_253"), .identity),
      (
        "celeb-df-v2/Celeb-real/id0_0000.mp4", "celeb-df-v2/Celeb-synthesis/id0_id1_0000.mp4",
        RegistrationMap(scaleX: 944.0 / 943, scaleY: 1, offsetX: 0, offsetY: 0)
      ),
      (
        "celeb-df-v2/Celeb-real/id13_0011.mp4", "celeb-df-v2/Celeb-synthesis/id13_id10_0011.mp4",
        RegistrationMap(scaleX: 944.0 / 943, scaleY: 1, offsetX: 0, offsetY: 0)
      ),
    ])
  func `frames of equal number inherit, within a third of a pixel`(
    original: String, fake: String, truth: RegistrationMap
  ) throws {
    var options = DetectStage.Options()
    options.boxesFrom = "original"
    let run = try FamilyRun([original, fake], root: try #require(TestFiles.sharedMedia), frames: 3, options: options)
    let inherited = run.inherited(fake)
    #expect(inherited.count == 3 && run.detections[fake] == nil, "\(run.notes)")
    for (frame, source) in zip(inherited, run.frames[original] ?? []) {
      #expect(frame.faces.count == source.faces.count)
      for (face, from) in zip(frame.faces, source.faces) {
        let expected = truth.apply(from.box)
        #expect(abs(face.box.x - expected.x) < 0.34 && abs(face.box.y - expected.y) < 0.34, "\(face.box) \(expected)")
        #expect(abs(face.box.width - expected.width) < 0.34)
      }
    }
  }

  @Test func `a fake that runs on where its original has ended is detected there`() throws {
    var options = DetectStage.Options()
    options.boxesFrom = "original"
    let fake = Self.fake("Face2Face", "183_253")
    let root = try #require(TestFiles.sharedMedia)
    let run = try FamilyRun(["\(Self.youtube)/183.mp4", fake], root: root, frames: 4, options: options)
    let frames = try #require(run.frames[fake])
    #expect(frames.count == 4 && frames.allSatisfy { $0.faces.count == 1 })
    let own = try FamilyRun(["\(Self.youtube)/183.mp4", fake], root: root, frames: 4, options: .init())
    for (frame, other) in zip(frames, own.frames[fake] ?? []) {
      #expect(frame.faces[0].box.overlap(with: other.faces[0].box) > 0.7, "pts \(frame.frame.pts)")
    }
    #expect(run.inherited(fake).count >= 1)
    let detected = run.detections[fake] ?? 0
    #expect(detected == 4 - run.inherited(fake).count)
    if detected > 0 { #expect(run.notes[fake]?.contains { $0.code == "not-registered" } == true) }
  }
}

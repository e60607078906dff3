private import Decoding
private import Engine
private import Foundation
private import Models
private import Records
private import Sharding

/// What is in a file: the verb `inspect`.
package struct Inspection: Codable, Sendable {
  /// One line of the answer.
  package struct Property: Codable, Sendable {
    package var name: String
    package var value: String
  }

  package var path: String
  /// `video`, `image`, `shard`, `model` or `run`.
  package var kind: String
  package var properties: [Property]

  /// - Throws: ``ToolError`` when the path is none of these.
  package init(path: String) throws {
    self.path = path
    (kind, properties) = ("", [])
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ToolError(.usage, "there is no \(path)")
    }
    if isFolder.boolValue {
      try inspectRun(path)
    } else if path.hasSuffix(".tar") {
      try inspectShard(path)
    } else if path.hasSuffix(".safetensors") {
      try inspectModel(path)
    } else {
      try inspectVideo(path)
    }
  }

  private mutating func add(_ name: String, _ value: Any?) {
    if let value { properties.append(Property(name: name, value: "\(value)")) }
  }

  private mutating func inspectRun(_ path: String) throws {
    let status = try RunStatus(of: RunFolder(root: URL(filePath: path)))
    kind = "run"
    add("pipeline", status.name)
    add("finished", status.isFinished)
    add("sources", status.sourceCount)
    add("samples", status.samples)
    for stage in status.stages {
      add("stage \(stage.id)", "\(stage.state.rawValue), \(stage.counts.input) in, \(stage.counts.output) out")
    }
  }

  private mutating func inspectShard(_ path: String) throws {
    let shard: ShardReader
    do { shard = try ShardReader(path: URL(filePath: path)) } catch { throw ToolError(.failed, "\(error)") }
    kind = "shard"
    add("samples", shard.entries.count)
    add("real", shard.entries.count { $0.label == .real })
    add("fake", shard.entries.count { $0.label == .fake })
    add("sources", Set(shard.entries.map(\.source)).count)
    add("methods", Set(shard.entries.compactMap(\.method)).sorted().joined(separator: ", "))
    add("first key", shard.entries.first?.key)
    add("last key", shard.entries.last?.key)
    add("crop recipe", try shard.recipe.map { try CanonicalJSON.string($0) })
  }

  private mutating func inspectModel(_ path: String) throws {
    let model: DetectorModel
    do { model = try DetectorModel.load(URL(filePath: path)) } catch { throw ToolError(.failed, "\(error)") }
    kind = "model"
    add("input side, pixels", model.preprocessing.sizePixels)
    for (name, value) in model.metadata.sorted(by: { $0.key < $1.key }) { add(name, value) }
  }

  private mutating func inspectVideo(_ path: String) throws {
    let video: VideoFile
    let timestamps: [Int64]
    do {
      video = try VideoFile(path: path)
      timestamps = try video.timestamps()
    } catch { throw ToolError(.failed, "\(error)") }
    let properties = video.properties
    kind = properties.isStillImage ? "image" : "video"
    add("container", properties.container)
    add("codec", properties.codec)
    add("pixel format", properties.pixelFormat)
    add("size, upright", "\(properties.width) x \(properties.height)")
    add("rotation, degrees", properties.rotationDegrees)
    add("colour matrix", properties.colourMatrix)
    add("colour range", properties.colourRange)
    guard !properties.isStillImage else { return }
    add("frames", timestamps.count)
    add("frames per second", properties.frameRate)
    add("duration, seconds", properties.durationSeconds)
    add("time base", "\(properties.timeBase.numerator)/\(properties.timeBase.denominator)")
    add("first and last pts", "\(timestamps.first ?? 0), \(timestamps.last ?? 0)")
    add("bits per second", properties.bitRate)
  }
}

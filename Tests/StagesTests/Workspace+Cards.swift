import Foundation
import Imaging
import Records
import TestSupport

extension Workspace {
  /// Real and fake stills, two of each unless told otherwise, made by a formula, ready crops of a dataset called `cards`: no
  /// weights and no encoder of others have a part in them.
  init(cardsIn folder: URL, ofEachLabel count: Int = 2) throws {
    self.init(existing: folder)
    try Data("[cards]\nlayout = \"folder\"\nroot = \"data\"\ninput = \"face\"\n".utf8)
      .write(to: folder.appending(path: "datasets.toml"))
    for (label, first) in [("real", 0), ("fake", 100)] {
      let place = folder.appending(path: "data/\(label)")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for number in 0..<count {
        let card = SyntheticVideo.card(width: 96, height: 80, frameIndex: first + 7 * number)
        try Data(ImageCodec.encode(card, as: .png)).write(to: place.appending(path: "\(number).png"))
      }
    }
  }
}

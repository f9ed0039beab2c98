"""Reads exported files with other people's parsers. In: jobs as JSON on stdin. Out: what was found, as JSON on stdout."""

import csv
import io
import json
import sys
import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import opentimelineio as otio
import pycmx
from fcpxml.parser import FCPXMLParser


def text_of(job):
    with open(job["path"], encoding="utf-8", newline="") as file:
        return file.read()


def marker(frame, duration, author, text):
    assert frame == int(frame) and duration == int(duration), (frame, duration)
    return {"frame": int(frame), "duration": int(duration), "author": author, "text": text}


def frames(label, job):
    return otio.opentime.from_timecode(label, job["num"] / job["den"]).to_frames() - job["start_frame"]


def read_csv(job):
    rows = list(csv.DictReader(io.StringIO(text_of(job))))
    for row in rows:
        assert frames(row["Timecode"], job) == int(row["Frame"]), row
        reels.add(row["Reel"])
    return None, [marker(int(row["Frame"]), 1, row["Author"], row["Comment"]) for row in rows]


def read_json(job):
    comments = json.loads(text_of(job))["comments"]
    reels.update(c["source_reel"] for c in comments)
    return None, [marker(c["source_frame"], 1, c["author"], c["text"]) for c in comments]


def read_resolve(job):
    text = text_of(job)
    assert ("FCM: DROP FRAME" in text.splitlines()[1]) == job["drop"]
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=job["num"] / job["den"])
    clips = list(timeline.find_clips())
    # A second reader agrees on how many events there are and where.
    events = [edit for event in pycmx.parse_cmx3600(io.StringIO(text)).events for edit in event.edits]
    assert len(events) == len(clips) <= 999, (len(events), len(clips))
    found = []
    for clip, event in zip(clips, events):
        (line,) = clip.metadata["cmx_3600"]["comments"]
        note, color, name, duration = (field.strip() for field in line.split("|"))
        assert color.startswith("C:ResolveColor") and name.startswith("M:") and duration.startswith("D:"), line
        frame = clip.source_range.start_time.to_frames() - job["start_frame"]
        assert frame == frames(event.record_in, job) == frames(event.source_in, job)
        assert clip.source_range.duration.to_frames() == 1
        assert clip.metadata["cmx_3600"]["reel"] == event.source, clip.metadata
        reels.add(event.source)
        found.append(marker(frame, int(duration[2:]), name[2:], note))
    return None, found


def read_avid(job):
    rows = csv.reader(io.StringIO(text_of(job)), delimiter="\t", quoting=csv.QUOTE_NONE)
    found = []
    for user, label, track, color, comment, length, nothing, color_again in rows:
        assert (track, nothing) == ("V1", "") and color == color_again
        found.append(marker(frames(label, job), int(length), user, comment))
    return None, found


def read_avid_xml(job):
    root = ElementTree.fromstring(text_of(job))
    assert root.tag == "{http://www.avid.com}StreamItems"
    (data,) = root
    assert [(p.get("name"), p.text) for p in data.findall("AvProp")] == [
        ("DomainMagic", "Domain"), ("DomainKey", "58424a44")]
    found = []
    for item in data.findall("AvClass"):
        (properties,) = item.findall("List")
        elements = list(properties)
        assert item.find("AvProp").text == str(len(elements) - 1) == "7" and len(elements[-1]) == 0
        facts = {}
        for element in elements[:-1]:
            kind, name, value = element
            assert (kind.text, value.get("name"), value.get("type")) in [
                ("1", "OMFI:ATTB:IntAttribute", "int32"), ("2", "OMFI:ATTB:StringAttribute", "string")]
            facts[name.text] = value.text or ""
        found.append(marker(int(facts["_ATN_CRM_TC"]), int(facts["_ATN_CRM_LENGTH"]), facts["_ATN_CRM_USER"],
                            facts["_ATN_CRM_COM"]))
    return None, found


def label_of(time, job):
    return otio.opentime.to_timecode(time, time.rate, job["drop"])


def assert_rate(rate, job):
    assert abs(rate - job["num"] / job["den"]) < 1e-3, (rate, job)


def read_premiere(job):
    timeline = otio.adapters.read_from_string(text_of(job), "fcp_xml")
    rate = Fraction(job["num"], job["den"])
    timecode = ElementTree.fromstring(text_of(job)).find("sequence/timecode")
    assert timecode.find("displayformat").text == ("DF" if job["drop"] else "NDF")
    assert timecode.find("rate/ntsc").text == ("TRUE" if rate.denominator == 1001 else "FALSE")
    reels.add(timecode.findtext("reel/name"))
    found = []
    for m in timeline.tracks.markers:
        assert_rate(m.marked_range.start_time.rate, job)
        found.append(marker(m.marked_range.start_time.value, m.marked_range.duration.value, m.name,
                            m.metadata["fcp_xml"]["comment"]))
    return label_of(timeline.global_start_time, job), found


def read_otio(job):
    timeline = otio.adapters.read_from_string(text_of(job), "otio_json")
    reels.update([timeline.metadata.get("cmx_3600", {}).get("reel"), timeline.metadata["vitrine"]["reel"]])
    found = []
    for m in timeline.tracks.markers:
        assert m.marked_range.start_time.rate == job["num"] / job["den"]
        assert frames(m.metadata["vitrine"]["timecode"], job) == m.marked_range.start_time.value
        found.append(marker(m.marked_range.start_time.value, m.marked_range.duration.value, m.name, m.comment))
    return label_of(timeline.global_start_time, job), found


def read_fcpxml(job):
    text = text_of(job)
    assert_fcpxml_structure(ElementTree.fromstring(text), job)
    parser = FCPXMLParser()
    (timeline,) = parser.parse_string(text).timelines
    assert_rate(timeline.frame_rate, job)
    # That parser leaves markers of gaps aside when it walks a timeline, so it is handed the gap.
    (gap,) = ElementTree.fromstring(text).iter("gap")
    start = parser._tc(gap, "start").frames
    assert start == job["start_frame"]
    found = parser._collect_markers(gap)
    for entry in gap.iterfind("metadata/md"):
        assert entry.get("key") == "com.apple.proapps.studio.reel"
        reels.add(entry.get("value"))
    return None, [marker(m.start.frames - start, m.duration.frames, m.name, m.note) for m in found]


def assert_fcpxml_structure(root, job):
    """What Apple's DTD asks for, as far as this file uses it; the DTD itself may not be shipped."""
    allowed = {
        "fcpxml": ({"version"}, ["resources", "library"]),
        "resources": (set(), ["format"]),
        "format": ({"id", "name", "frameDuration", "width", "height"}, []),
        "library": (set(), ["event"]),
        "event": ({"name"}, ["project"]),
        "project": ({"name"}, ["sequence"]),
        "sequence": ({"format", "duration", "tcStart", "tcFormat"}, ["spine"]),
        "spine": (set(), ["gap"]),
        "gap": ({"name", "offset", "start", "duration"}, None),
        "metadata": (set(), ["md"]),
        "md": ({"key", "value"}, []),
        "marker": ({"start", "duration", "value", "completed", "note"}, []),
    }
    frame = Fraction(job["den"], job["num"])
    for element in root.iter():
        attributes, children = allowed[element.tag]
        assert set(element.attrib) <= attributes, element.attrib
        found = [child.tag for child in element]
        # Markers first, then what is said of the gap.
        assert found == children or children is None and found in [
            ["marker"] * len(found), ["marker"] * (len(found) - 1) + ["metadata"]], found
        for name in {"start", "duration", "offset", "tcStart", "frameDuration"} & set(element.attrib):
            time = element.get(name)
            assert time.endswith("s") and (Fraction(time[:-1]) / frame).denominator == 1, time
    sequence = root.find("library/event/project/sequence")
    gap = sequence.find("spine/gap")
    assert root.get("version") == "1.9" and sequence.get("format") == root.find("resources/format").get("id")
    assert sequence.get("tcFormat") == ("DF" if job["drop"] else "NDF")
    assert sequence.get("tcStart") == gap.get("offset") == gap.get("start")
    inside = Fraction(gap.get("start")[:-1]), Fraction(gap.get("start")[:-1]) + Fraction(gap.get("duration")[:-1])
    assert all(inside[0] <= Fraction(m.get("start")[:-1]) < inside[1] for m in gap.findall("marker"))


READERS = {
    "csv": read_csv, "json": read_json, "resolve": read_resolve, "avid": read_avid, "avid-xml": read_avid_xml,
    "premiere": read_premiere, "fcpxml": read_fcpxml, "otio": read_otio,
}

# Every name of a reel that a reader comes upon in a file.
reels = set()
results = []
for job in json.load(sys.stdin):
    reels.clear()
    start, markers = READERS[job["format"]](job)
    results.append({"start": start, "markers": markers, "reels": sorted(reels - {None})})
json.dump(results, sys.stdout)

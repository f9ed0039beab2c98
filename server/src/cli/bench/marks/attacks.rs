//! What is shown, and what is done to a copy of it: ffmpeg's arguments, as docs/marks.md publishes them.

/// Footage, and how it is brought to size.
pub struct Shown {
    pub title: &'static str,
    pub file: &'static str,
    pub first: usize,
    pub filter: &'static str,
}

pub const SHOWN: [Shown; 4] = [
    Shown { title: "bigbuckbunny, 1280x720 as it is", file: "bigbuckbunny.mp4", first: 20, filter: "null" },
    Shown {
        title: "bigbuckbunny, scaled up to 1920x1080",
        file: "bigbuckbunny.mp4",
        first: 20,
        filter: "scale=1920:1080:flags=lanczos",
    },
    Shown {
        title: "flower, a photograph panned at native 1920x1080",
        file: "flower.png",
        first: 0,
        filter: "crop=1920:1080:n*3:n*2,setsar=1",
    },
    Shown {
        title: "bikes, scaled up to 1280x544 between black bars",
        file: "bikes.mp4",
        first: 60,
        filter: "scale=1280:544,pad=1280:720:0:88",
    },
];

/// Something done to one copy.
pub struct Attack {
    pub name: &'static str,
    /// Of the file that ffmpeg writes.
    pub ending: &'static str,
    /// After the input; x264's preset `fast` unless a codec is named.
    pub arguments: &'static str,
    /// What the bars say of it.
    pub bar: Bar,
}

/// From how much of a copy its viewing has to be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// One frame.
    Frame,
    /// Two seconds.
    Seconds,
    /// No bar was set.
    None,
}

const fn attack(name: &'static str, bar: Bar, ending: &'static str, arguments: &'static str) -> Attack {
    Attack { name, ending, arguments, bar }
}

pub const ATTACKS: &[Attack] = &[
    attack("none", Bar::Frame, "mkv", "-c:v ffv1"),
    attack("CRF 28", Bar::Frame, "mp4", "-crf 28"),
    attack("two thirds of the size", Bar::Frame, "mp4", "-vf scale=-2:ih*2/3 -crf 23"),
    attack("screenshot as JPEG", Bar::Frame, "avi", "-vf scale=-2:ih*2/3 -c:v mjpeg -pix_fmt yuvj420p -q:v 12"),
    attack("crop 30 % of width and height", Bar::Frame, "mp4", "-vf crop=iw*0.7:ih*0.7:iw*0.2:ih*0.1 -crf 23"),
    attack("gamma 0.8", Bar::Frame, "mp4", "-vf eq=gamma=0.8 -crf 23"),
    attack("gamma 1.25", Bar::Frame, "mp4", "-vf eq=gamma=1.25 -crf 23"),
    attack("rotation 2 degrees", Bar::Frame, "mp4", "-vf rotate=2*PI/180 -crf 23"),
    attack("CRF 33", Bar::Seconds, "mp4", "-crf 33"),
    attack("360p CRF 23", Bar::Seconds, "mp4", "-vf scale=-2:360 -crf 23"),
    attack("360p CRF 28", Bar::Seconds, "mp4", "-vf scale=-2:360 -crf 28"),
    attack("24 -> 30 blended", Bar::Seconds, "mp4", "-vf setpts=N/(24*TB),framerate=30 -r 30 -crf 23"),
    attack(
        "phone, mild",
        Bar::Seconds,
        "mp4",
        "-vf perspective=x0=-20:y0=-10:x1=W+35:y1=-25:x2=-30:y2=H+20:x3=W+25:y3=H+15:sense=destination,\
         gblur=sigma=1.2,eq=gamma=1.1:contrast=0.95,noise=alls=8:allf=t,scale=-2:ih*2/3 -r 30 -b:v 2M",
    ),
    attack(
        "phone, hard",
        Bar::Seconds,
        "mp4",
        "-vf perspective=x0=-60:y0=-30:x1=W+95:y1=-75:x2=-90:y2=H+60:x3=W+65:y3=H+45:sense=destination,\
         gblur=sigma=2,eq=gamma=1.15:contrast=0.9,noise=alls=14:allf=t,scale=-2:ih*2/3 -r 30 -b:v 1M",
    ),
    attack("crop to 4:3", Bar::None, "mp4", "-vf crop=ih*4/3:ih -crf 23"),
    attack("squeezed to 4:3", Bar::None, "mp4", "-vf scale=iw*3/4:ih -crf 23"),
    attack("contrast 0.8, brightness 0.1", Bar::None, "mp4", "-vf eq=contrast=0.8:brightness=0.1 -crf 23"),
    attack("rotation 2 degrees, zoomed", Bar::None, "mp4", "-vf rotate=2*PI/180,crop=iw*0.9:ih*0.9 -crf 23"),
    attack("mirror", Bar::None, "mp4", "-vf hflip -crf 23"),
    attack("blur", Bar::None, "mp4", "-vf gblur=sigma=2 -crf 23"),
    attack("sharpen", Bar::None, "mp4", "-vf unsharp=5:5:1.5 -crf 23"),
    attack("denoise", Bar::None, "mp4", "-vf hqdn3d=6 -crf 23"),
    attack("noise", Bar::None, "mp4", "-vf noise=alls=15:allf=t -crf 23"),
    attack("speed 1.25", Bar::None, "mp4", "-vf setpts=PTS/1.25 -r 25 -crf 23"),
    attack("every other frame", Bar::None, "mp4", "-vf select='not(mod(n\\,2))' -fps_mode passthrough -crf 23"),
];

/// Without a reference; all frames of two seconds, brought to 720 lines first.
pub const BLIND: &[Attack] = &[
    attack("no reference: 720p CRF 26", Bar::Seconds, "mp4", "-vf scale=1280:720 -crf 26"),
    attack(
        "no reference: 720p CRF 26, crop 30 %",
        Bar::Seconds,
        "mp4",
        "-vf scale=1280:720,crop=iw*0.7:ih*0.7:iw*0.2:ih*0.1 -crf 26",
    ),
];

/// A copy is attacked, and a combination of copies passed on, like this unless said otherwise.
pub fn arguments_of(text: &str) -> Vec<&str> {
    let own: Vec<&str> = text.split_whitespace().collect();
    if own.contains(&"-c:v") { own } else { ["-c:v", "libx264", "-preset", "fast"].into_iter().chain(own).collect() }
}

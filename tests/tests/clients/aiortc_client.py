"""A WebRTC stack of other people's making: publishes by WHIP, or watches by WHEP, and prints what came of it.

Usage: aiortc_client.py whip|whep URL TOKEN SECONDS [all|aes128]
"""
import asyncio
import json
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request

import aioice.ice
import aiortc.rtcdtlstransport as dtls
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

what, url, token, seconds, ciphers = (*sys.argv[1:], "all")[:5]
# Only the loopback interface: no other machine is asked.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
if ciphers == "aes128":
    dtls.SRTP_PROFILES[:] = [p for p in dtls.SRTP_PROFILES if p.openssl_profile == b"SRTP_AES128_CM_SHA1_80"]
# The demo's certificate is by its own CA.
trust = ssl._create_unverified_context()


def ask(method, address, body=None, kind="application/sdp", **headers):
    data = body.encode() if body is not None else None
    request = urllib.request.Request(address, data, method=method)
    request.add_header("Authorization", f"Bearer {token}")
    if data is not None:
        request.add_header("Content-Type", kind)
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        return urllib.request.urlopen(request, context=trust)
    except urllib.error.HTTPError as error:
        return error


async def count(track, found):
    while True:
        frame = await track.recv()
        found["frames"] += 1
        found["size"] = f"{frame.width}x{frame.height}"


async def main():
    found = {"status": 0, "state": "new", "frames": 0}
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    if what == "whip":
        peer.addTransceiver(VideoStreamTrack(), direction="sendonly")
        peer.addTransceiver(AudioStreamTrack(), direction="sendonly")
    else:
        peer.addTransceiver("video", direction="recvonly")
        peer.addTransceiver("audio", direction="recvonly")
        peer.on("track", lambda track: track.kind == "video" and asyncio.ensure_future(count(track, found)))
    await peer.setLocalDescription(await peer.createOffer())
    answer = await asyncio.to_thread(ask, "POST", url, peer.localDescription.sdp)
    text = answer.read().decode()
    found["status"] = answer.status
    if answer.status == 201:
        location = urllib.parse.urljoin(url, answer.headers["Location"])
        fragment = "a=end-of-candidates\r\n"
        patched = ask("PATCH", location, fragment, "application/trickle-ice-sdpfrag", If_Match=answer.headers["ETag"])
        found["patched"] = patched.status
        await peer.setRemoteDescription(RTCSessionDescription(text, "answer"))
        for _ in range(int(float(seconds) * 20)):
            found["state"] = peer.connectionState
            if found["state"] in ("failed", "closed") or (what == "whep" and found["frames"] >= 10):
                break
            await asyncio.sleep(0.05)
        # One that never connected says nothing more, so that what is recorded is the server's own word.
        if found["state"] == "connected":
            found["deleted"] = ask("DELETE", location).status
    else:
        found["problem"] = json.loads(text)
    await peer.close()
    print(json.dumps(found), flush=True)


asyncio.run(main())

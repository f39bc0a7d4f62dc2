import { describe, expect, it } from 'vitest';
import type { PhotoDetails } from '../../../src-main/contract/index.ts';
import { photoFacts } from '../../../src-renderer/photo-words.ts';

const photo: PhotoDetails = {
  id: 1,
  name: 'a.jpg',
  directory: '',
  folderId: 1,
  offline: false,
  path: '/a.jpg',
  placeholder: '',
  format: 'jpeg',
  sizeBytes: 2_500_000,
  modifiedAtMs: 1,
  addedAtMs: 1,
  width: 4000,
  height: 3000,
  takenAtMs: Date.UTC(2024, 5, 1, 18, 30),
  camera: 'Canon EOS 5D',
  lens: 'EF 50mm',
  latitude: 48.20849,
  longitude: -16.37208,
  rating: 4,
  tags: ['autumn', 'Wien'],
};

describe('what is known of a photo', () => {
  it('is told in words, the time as the camera showed it', () => {
    const facts = Object.fromEntries(photoFacts(photo));
    expect(facts['Taken']).toMatch(/Jun 1, 2024, 6:30.PM/);
    expect(facts).toMatchObject({
      Camera: 'Canon EOS 5D',
      Lens: 'EF 50mm',
      Place: '48.20849° N, 16.37208° W',
      Rating: '4 stars',
      Tags: 'autumn, Wien',
      Size: '4,000 × 3,000, 2.5 MB',
      Format: 'JPEG',
    });
  });

  it('leaves out what the file does not tell', () => {
    const silent = {
      takenAtMs: null,
      camera: null,
      lens: null,
      latitude: null,
      longitude: null,
      rating: null,
      tags: [],
    };
    expect(photoFacts({ ...photo, ...silent }).map(([name]) => name)).toEqual(['Size', 'Format']);
  });
});
